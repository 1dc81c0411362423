import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import { compareEnvironments } from '#inventory/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { elsewhere, publishedIn } from '../choice.ts';
import { countingScans, type CountingScans, type SilenceReason } from '../counting-scans.ts';
import { type Candidate, readCandidates } from './candidates.ts';
import { saveAliases } from './aliases.ts';
import { saveDifferences } from './differences.ts';
import { countingScansChanged, type ScanOfSubject } from './facts.ts';
import { type OriginsOf, type PublisherFacts, readPublisherFacts } from './publishers.ts';
import { catalogSchema } from './schema.ts';
import type { CountingRow } from './counting-row.ts';

/**
 * Works out anew which scans of a subject count in each environment where it lies or may be started, which one pages
 * show, and in what its publishers differ. Announces what is otherwise than before. Needs the subject's lock.
 */
export async function chooseCounting(
  transaction: Transaction,
  subject: SubjectId,
  originsOf: OriginsOf,
): Promise<void> {
  const candidates = await readCandidates(transaction, subject);
  if (candidates.length === 0) return;
  const publishers = candidates.map(({ publisher }) => publisher);
  const facts = await readPublisherFacts(transaction, { subject, publishers, originsOf });
  const chosen = new Map(facts.environments.map((one) => [one, countingScans(publishedIn(one, candidates, facts))]));
  const nowhere = countingScans(publishedIn(elsewhere, candidates, facts));
  const counting = [...chosen, [elsewhere, nowhere] as const].flatMap(([environment, { counting }]) =>
    counting.map((one): CountingRow => ({ ...one, environment, subject })),
  );
  const before = (await readCountingScans(transaction, [subject])).get(subject) ?? [];
  const shown = shownOf(chosen, { nowhere, candidates: candidates.filter((one) => mayBeShown(one, facts)) });
  const shownBefore = await readShown(transaction, subject);
  await saveCounting(transaction, subject, counting);
  await saveSilenced(transaction, subject, [...criticalFirst(chosen).map(([, one]) => one), nowhere]);
  await saveShown(transaction, subject, shown);
  await settleCarried(transaction, subject, facts.environments);
  await saveAliases(transaction, { subject, candidates, counting, facts });
  await saveDifferences(transaction, subject, {
    candidates,
    chosen: chosen.size > 0 ? [...chosen.values()] : [nowhere],
  });
  await announceChange(transaction, subject, {
    before: [...before.map(keyOf), ...(shownBefore === undefined ? [] : [`shown ${shownBefore}`])],
    after: [...counting.map(keyOf), ...(shown === undefined ? [] : [`shown ${shown}`])],
  });
}

/**
 * The scan that pages show: the first that counts in the environment on which the most depends, of those where one
 * counts. While none does, one is shown that counts nowhere, so that a build gets its answer: what the publisher who was
 * first sent last, so that nobody renames it.
 */
function shownOf(
  chosen: ReadonlyMap<string, CountingScans>,
  { nowhere, candidates }: { readonly nowhere: CountingScans; readonly candidates: readonly Candidate[] },
): ScanId | undefined {
  const [first] = criticalFirst(chosen).flatMap(([, { counting }]) => counting.slice(0, 1));
  if (first !== undefined) return first.scan;
  return nowhere.counting[0]?.scan ?? candidates.toSorted(shownFirst)[0]?.scan;
}

function criticalFirst(chosen: ReadonlyMap<string, CountingScans>): readonly (readonly [string, CountingScans])[] {
  return [...chosen].toSorted(([left], [right]) => compareEnvironments(named(left), named(right)));
}

/** Of what lies somewhere nothing is shown that a person published, or who may not publish any more. */
function mayBeShown(candidate: Candidate, { environments, revokedAgents, endedTokens }: PublisherFacts): boolean {
  const { id } = candidate.publisher;
  return environments.length === 0 || (isBound(candidate) && !revokedAgents.has(id) && !endedTokens.has(id));
}

function named(environment: string): string | undefined {
  return environment === '' ? undefined : environment;
}

function shownFirst(left: Candidate, right: Candidate): number {
  return (
    Number(isBound(right)) - Number(isBound(left)) ||
    Number(right.carried !== undefined) - Number(left.carried !== undefined) ||
    left.since - right.since ||
    right.sequence - left.sequence
  );
}

/** Whether its publisher is bound to something; a person publishes whatever he names. */
function isBound({ publisher: { kind, repositories = [] } }: Candidate): boolean {
  return kind === 'agent' || kind === 'console' || (kind === 'token' && repositories.length > 0);
}

function keyOf({ environment, scan }: CountingRow): string {
  return `${environment} ${scan}`;
}

interface Change {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

async function announceChange(transaction: Transaction, subject: SubjectId, { before, after }: Change): Promise<void> {
  const [came, went] = [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))];
  const changed = came.length > 0 ? came : went.slice(0, 1);
  const scans = new Set(changed.map((one) => one.slice(one.lastIndexOf(' ') + 1) as string as ScanId));
  await transaction.announceAll(
    countingScansChanged,
    [...scans].map((scan) => ({ scan, subject })),
  );
}

async function saveCounting(transaction: Transaction, subject: SubjectId, rows: readonly CountingRow[]): Promise<void> {
  const database = transaction.query(catalogSchema);
  await database.deleteFrom('counting_scan').where('subject', '=', subject).execute();
  if (rows.length === 0) return;
  const values = rows.map(({ environment, scan, rank, why }) => ({ subject, environment, scan, rank, role: why }));
  await database.insertInto('counting_scan').values(values).execute();
}

/** Keeps of each scan that counts nowhere the first reason. */
async function saveSilenced(
  transaction: Transaction,
  subject: SubjectId,
  chosen: readonly CountingScans[],
): Promise<void> {
  const counting = new Set(chosen.flatMap((one) => one.counting.map(({ scan }) => scan)));
  const silenced = new Map<ScanId, SilenceReason>();
  for (const { scan, why } of chosen.flatMap((one) => one.silenced))
    if (!counting.has(scan) && !silenced.has(scan)) silenced.set(scan, why);
  const database = transaction.query(catalogSchema);
  await database.deleteFrom('silenced_scan').where('subject', '=', subject).execute();
  if (silenced.size === 0) return;
  const values = [...silenced].map(([scan, why]) => ({ scan, subject, why }));
  await database.insertInto('silenced_scan').values(values).execute();
}

/** Why scans of a subject count nowhere, of those that are the newest of their publisher. */
export async function readSilencedScans(
  queries: Queries,
  subject: SubjectId,
): Promise<ReadonlyMap<ScanId, SilenceReason>> {
  const rows = await queries
    .query(catalogSchema)
    .selectFrom('silenced_scan')
    .select(['scan', 'why'])
    .where('subject', '=', subject)
    .execute();
  return new Map(rows.map(({ scan, why }) => [scan, why]));
}

async function readShown(queries: Queries, subject: SubjectId): Promise<ScanId | undefined> {
  const shown = queries.query(catalogSchema).selectFrom('shown_scan').select('scan').where('subject', '=', subject);
  return (await shown.executeTakeFirst())?.scan;
}

async function saveShown(transaction: Transaction, subject: SubjectId, scan: ScanId | undefined): Promise<void> {
  const database = transaction.query(catalogSchema);
  if (scan === undefined)
    return void (await database.deleteFrom('shown_scan').where('subject', '=', subject).execute());
  await database
    .insertInto('shown_scan')
    .values({ subject, scan })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet({ scan }))
    .execute();
}

/** What was carried over counts where the subject lay when it was first chosen, and nowhere else. */
async function settleCarried(
  transaction: Transaction,
  subject: SubjectId,
  environments: readonly string[],
): Promise<void> {
  await transaction
    .query(catalogSchema)
    .updateTable('carried')
    .set({ environments: [...environments] })
    .where('subject', '=', subject)
    .where('environments', 'is', null)
    .execute();
}

/** Scans that count, by subject; subjects of which none does are missing. */
export async function readCountingScans(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, readonly CountingRow[]>> {
  const rows = await queries
    .query(catalogSchema)
    .selectFrom('counting_scan')
    .select(['subject', 'environment', 'scan', 'rank', 'role as why'])
    .where('subject', '=', sql<SubjectId>`any(${subjects}::text[])`)
    .orderBy('subject')
    .orderBy('environment')
    .orderBy('rank', 'desc')
    .orderBy('scan')
    .execute();
  return Map.groupBy(rows, ({ subject }) => subject);
}

/** All scans that count somewhere or are shown, each once. */
export async function listCountingScans(queries: Queries): Promise<readonly ScanOfSubject[]> {
  const { rows } = await sql<ScanOfSubject>`
    select scan, subject from catalog.counting_scan union select scan, subject from catalog.shown_scan
    order by subject, scan`.execute(queries.query(catalogSchema));
  return rows;
}

/** Whether a scan counts in an environment (empty: none), by the rows of its subject. */
export function countsIn(rows: readonly CountingRow[], scan: ScanId, environment: string): boolean {
  return rows.some((row) => row.scan === scan && (row.environment === environment || row.environment === '*'));
}
