import type { Clock, SubjectId } from '#base/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { LiveEvent } from '../contract.ts';
import { type FindingEntry, findingEntries } from './finding-rows.ts';
import { forgetImage, forgetSubject } from './forget.ts';
import { saveHost } from './hosts.ts';
import { type ImageEnvironment, imageEnvironmentsOf } from './image-environment.ts';
import { keepInSteps, missingFindings } from './keep-findings.ts';
import { saveMembership, selectablesOf } from './membership.ts';
import { type ContentChange, numberOf, saveContent } from './save-content.ts';
import { scoreComponents } from './score-components.ts';
import { type EnvironmentChange, saveImageEnvironments, savePlacements } from './save-placements.ts';
import { explorerSchema } from './schema.ts';
import type { EstateSources, PlacedOnHost } from './sources.ts';
import { readSubjectFacts, type SubjectFacts } from './subject-facts.ts';
import { noteRunning } from './deltas.ts';
import { liveChannel, sumAndReport } from './sum-and-report.ts';
import type { ImageNumber } from './tables.ts';
import { saveUse } from './packages-in-use.ts';
import { dropFindings, noteSeen, scoreFindings } from './score.ts';

/** What refreshing needs. */
export interface RefreshContext {
  readonly store: Store;
  readonly sources: EstateSources;
  readonly clock: Clock;
}

/**
 * Brings the rows of a subject to what the other domains say of it now. It may be called at any time, in any order and
 * any number of times: what is written depends on the current documents alone. `placements` leaves alone what is in the
 * image and looks only at where it lies, what runs it and how it was judged.
 */
export async function refreshSubject(
  context: RefreshContext,
  subject: SubjectId,
  what: 'everything' | 'placements',
): Promise<void> {
  const missing = await context.store.transaction(async (transaction) => {
    await transaction.lock(subject);
    return await bringSubject(transaction, context, { subject, what, mostMissing });
  });
  if (missing.length > 0) {
    await keepInSteps(context.store, missing);
    await context.store.transaction(async (transaction) => {
      await transaction.lock(subject);
      await bringSubject(transaction, context, { subject, what, mostMissing: Number.POSITIVE_INFINITY });
    });
  }
  await sumAndReport(context.store, [{ kind: 'image-changed', subject }]);
}

/** Brings what is known of a host to what is said of it now. */
export async function refreshHost({ store, sources }: RefreshContext, host: string): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`host ${host}`);
    await saveHost(transaction, host, await sources.hostState(transaction, host));
    await transaction.notify(liveChannel, { kind: 'host-changed', host } satisfies LiveEvent);
  });
}

/**
 * With more new findings than this, they are stored first, in steps: another image that has one of them would wait until
 * this one is written.
 */
const mostMissing = 1_000;

interface Wanted {
  readonly subject: SubjectId;
  readonly what: 'everything' | 'placements';
  readonly mostMissing: number;
}

/** Writes nothing, and gives the findings that are to be kept first, when there are more than `mostMissing` of them. */
async function bringSubject(
  transaction: Transaction,
  { sources, clock }: RefreshContext,
  { subject, what, mostMissing: most }: Wanted,
): Promise<readonly FindingEntry[]> {
  const read = await readContent(transaction, sources, { subject, what });
  const missing = await missingFindings(transaction, read.kind === 'read' ? read.entries : []);
  if (missing.length > most) return missing;
  const placements = await sources.placementsOf(transaction, subject);
  await savePlacements(transaction, subject, placements);
  const content = await bringContent(transaction, { sources, clock }, read);
  const image = await transaction
    .query(explorerSchema)
    .selectFrom('image_row')
    .select(['number', 'subject', 'scan', 'content_scan', 'own_names', 'labels', 'application'])
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (image === undefined && placements.length === 0) {
    await forgetSubject(transaction, subject);
    return [];
  }
  await saveMembership(transaction, {
    subject,
    selectables: selectablesOf(image, placements),
    collections: await sources.collections(transaction),
    placements,
    built: image?.application ?? null,
  });
  if (image === undefined) return [];
  const used = await saveUse(transaction, { ...image, scan: image.content_scan }, sources);
  const environments = await readImageEnvironments(transaction, sources, { ...image, placements });
  const placed = await saveImageEnvironments(transaction, image.number, environments);
  await score(transaction, image.number, { environments, change: { content, placed, used }, now: clock() });
  return [];
}

const unchanged: ContentChange = { added: [], removed: [], packages: false };

/** What is in an image as it is read now; left alone where only its placements are asked for. */
type Content =
  | { readonly kind: 'unread' }
  | { readonly kind: 'none'; readonly known?: ImageNumber }
  | {
      readonly kind: 'read';
      readonly known?: ImageNumber;
      readonly facts: SubjectFacts;
      readonly entries: readonly FindingEntry[];
    };

async function readContent(
  transaction: Transaction,
  sources: EstateSources,
  { subject, what }: Pick<Wanted, 'subject' | 'what'>,
): Promise<Content> {
  const image = await transaction
    .query(explorerSchema)
    .selectFrom('image_row')
    .select(['number', 'content_scan'])
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (image !== undefined && what === 'placements') return { kind: 'unread' };
  const facts = await readSubjectFacts(transaction, subject, {
    sources,
    ...(image === undefined ? {} : { except: image.content_scan }),
  });
  const known = image === undefined ? {} : { known: image.number };
  if (facts === undefined) return { kind: 'none', ...known };
  return { kind: 'read', ...known, facts, entries: findingEntries(facts.match?.findings ?? []) };
}

async function bringContent(
  transaction: Transaction,
  { sources, clock }: Pick<RefreshContext, 'sources' | 'clock'>,
  content: Content,
): Promise<ContentChange> {
  switch (content.kind) {
    case 'unread':
      return unchanged;
    case 'none':
      if (content.known !== undefined) await forgetImage(transaction, content.known);
      return unchanged;
    case 'read': {
      const { facts, entries, known } = content;
      const number = known ?? (await numberOf(transaction, facts.subject, clock()));
      const differs = (await sources.differencesOf(transaction, facts.subject)).length > 0;
      return await saveContent(transaction, { number, facts, entries, differs });
    }
  }
}

async function readImageEnvironments(
  transaction: Transaction,
  sources: EstateSources,
  image: {
    readonly subject: SubjectId;
    readonly placements: readonly PlacedOnHost[];
  },
): Promise<readonly ImageEnvironment[]> {
  return imageEnvironmentsOf({
    placements: image.placements,
    groups: await sources.groupsOf(transaction, image.subject),
    verdicts: await sources.judgmentsOf(transaction, [image.subject]),
  });
}

interface Change {
  readonly content: ContentChange;
  readonly placed: EnvironmentChange;
  readonly used: boolean;
}

/** Weighs what the change touches, and nothing else. */
async function score(
  transaction: Transaction,
  image: ImageNumber,
  {
    environments,
    change,
    now,
  }: { readonly environments: readonly ImageEnvironment[]; readonly change: Change; readonly now: Date },
): Promise<void> {
  const { content, placed, used } = change;
  const [came, went] = [[{ image, keys: content.added }], [{ image, keys: content.removed }]];
  const whole = placed.contexts || placed.environments || used ? [image] : [];
  // First, so that what comes and goes does so with the containers of now.
  await noteRunning(transaction, image, placed.deltas);
  await dropFindings(transaction, went);
  if (placed.environments)
    await dropFindings(transaction, { image, notIn: environments.map((one) => one.environment) });
  const scorings = environments.map(({ environment, contexts }) => ({ image, environment, contexts }));
  await scoreFindings(transaction, scorings, { came, whole });
  if (content.added.length + content.removed.length > 0) await noteSeen(transaction, { came, went }, now);
  await scoreComponents(transaction, { changed: [...came, ...went], whole });
}
