import type { Clock, SubjectId } from '#base/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { LiveEvent } from '../contract.ts';
import { forgetImage, forgetSubject } from './forget.ts';
import { saveHost } from './hosts.ts';
import { saveMembership, selectablesOf } from './membership.ts';
import { type ContentChange, numberOf, saveContent } from './save-content.ts';
import { weighComponents } from './mass.ts';
import { type StandingChange, savePlacements, saveStandings } from './save-places.ts';
import { explorerSchema } from './schema.ts';
import type { EstateSources, PlacedOnHost } from './sources.ts';
import { type Standing, standingsOf } from './standing.ts';
import { readSubjectFacts } from './subject-facts.ts';
import { shiftFlaws } from './shifts.ts';
import { sumFlaws, sumUpgrades } from './sums.ts';
import type { ImageNumber } from './tables.ts';
import { saveUse } from './use.ts';
import { dropFindings, noteSeen, weighFindings } from './weigh.ts';

/** Channel of the store on which consoles tell each other what changed. */
export const liveChannel = 'live';

/** What refreshing needs. */
export interface RefreshGround {
  readonly store: Store;
  readonly sources: EstateSources;
  readonly clock: Clock;
}

/**
 * Brings the rows of a subject to what the other domains say of it now. It may be called at any time, in any order and
 * any number of times: what is written depends on the current documents alone. `places` leaves alone what is in the
 * image and looks only at where it lies, what runs it and how it was judged.
 */
export async function refreshSubject(
  ground: RefreshGround,
  subject: SubjectId,
  what: 'everything' | 'places',
): Promise<void> {
  await ground.store.transaction(async (transaction) => {
    await transaction.lock(subject);
    await bringSubject(transaction, ground, { subject, what });
  });
  await sumAndTell(ground.store, [{ kind: 'image-changed', subject }]);
}

/** Brings what is known of a host to what is said of it now. */
export async function refreshHost({ store, sources }: RefreshGround, host: string): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`host ${host}`);
    await saveHost(transaction, host, await sources.hostState(transaction, host));
    await tell(transaction, { kind: 'host-changed', host });
  });
}

/**
 * Makes sums of what refreshes left, then tells pages: what they read is complete. Upgrades are summed last, and told
 * of again, so that nobody waits for them to see what is urgent.
 */
export async function sumAndTell(store: Store, events: readonly LiveEvent[]): Promise<void> {
  await store.transaction(async (transaction) => {
    await sumFlaws(transaction);
    await transaction.notifyAll(liveChannel, events);
  });
  await store.transaction(async (transaction) => {
    if (!(await sumUpgrades(transaction))) return;
    await transaction.notifyAll(liveChannel, events);
  });
}

async function tell(transaction: Transaction, event: LiveEvent): Promise<void> {
  await transaction.notify(liveChannel, event);
}

interface Wanted {
  readonly subject: SubjectId;
  readonly what: 'everything' | 'places';
}

async function bringSubject(
  transaction: Transaction,
  { sources, clock }: RefreshGround,
  { subject, what }: Wanted,
): Promise<void> {
  const placements = await sources.placementsOf(transaction, subject);
  await savePlacements(transaction, subject, placements);
  const content = await bringContent(transaction, { sources, clock }, { subject, what });
  const image = await transaction
    .query(explorerSchema)
    .selectFrom('image_row')
    .select(['number', 'subject', 'scan', 'content_scan', 'own_names', 'labels', 'application'])
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (image === undefined && placements.length === 0) return await forgetSubject(transaction, subject);
  await saveMembership(transaction, {
    subject,
    selectables: selectablesOf(image, placements),
    collections: await sources.collections(transaction),
    placements,
    built: image?.application ?? null,
  });
  if (image === undefined) return;
  const used = await saveUse(transaction, { ...image, scan: image.content_scan }, sources);
  const standings = await readStandings(transaction, sources, { ...image, placements });
  const standing = await saveStandings(transaction, image.number, standings);
  await weigh(transaction, image.number, { standings, change: { content, standing, used }, now: clock() });
}

const unchanged: ContentChange = { added: [], removed: [], packages: false };

async function bringContent(
  transaction: Transaction,
  { sources, clock }: Pick<RefreshGround, 'sources' | 'clock'>,
  { subject, what }: Wanted,
): Promise<ContentChange> {
  const known = await transaction
    .query(explorerSchema)
    .selectFrom('image_row')
    .select(['number', 'content_scan'])
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (known !== undefined && what === 'places') return unchanged;
  const except = known?.content_scan;
  const facts = await readSubjectFacts(transaction, subject, { sources, ...(except === undefined ? {} : { except }) });
  if (facts === undefined) {
    if (known !== undefined) await forgetImage(transaction, known.number);
    return unchanged;
  }
  const number = known?.number ?? (await numberOf(transaction, subject, clock()));
  const disagrees = (await sources.disagreementsOf(transaction, subject)).length > 0;
  return await saveContent(transaction, { number, facts, disagrees });
}

async function readStandings(
  transaction: Transaction,
  sources: EstateSources,
  image: {
    readonly subject: SubjectId;
    readonly placements: readonly PlacedOnHost[];
  },
): Promise<readonly Standing[]> {
  return standingsOf({
    placements: image.placements,
    groups: await sources.groupsOf(transaction, image.subject),
    verdicts: await sources.judgmentsOf(transaction, [image.subject]),
  });
}

interface Change {
  readonly content: ContentChange;
  readonly standing: StandingChange;
  readonly used: boolean;
}

/** Weighs what the change touches, and nothing else. */
async function weigh(
  transaction: Transaction,
  image: ImageNumber,
  { standings, change, now }: { readonly standings: readonly Standing[]; readonly change: Change; readonly now: Date },
): Promise<void> {
  const { content, standing, used } = change;
  const [came, went] = [[{ image, keys: content.added }], [{ image, keys: content.removed }]];
  const whole = standing.contexts || standing.places || used ? [image] : [];
  // First, so that what comes and goes does so with the containers of now.
  await shiftFlaws(transaction, image, standing.shifts);
  await dropFindings(transaction, went);
  if (standing.places) await dropFindings(transaction, { image, notIn: standings.map((one) => one.place) });
  const places = standings.map(({ place, contexts }) => ({ image, place, contexts }));
  await weighFindings(transaction, places, { came, whole });
  if (content.added.length + content.removed.length > 0) await noteSeen(transaction, { came, went }, now);
  await weighComponents(transaction, { touched: [...came, ...went], whole });
}
