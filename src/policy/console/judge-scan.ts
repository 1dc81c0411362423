import type { Clock, SubjectId } from '#base/index.ts';
import { listScans, readScan, readScanRecord, type ScanOfSubject } from '#catalog/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { readMatch, type StoredMatch } from '#vulnerability/console/index.ts';
import { publishedPlace } from '../judged-image.ts';
import { storeJudgings } from './judgings.ts';
import { type PlacementsOf, standingsOf } from './places.ts';
import { readRulebook } from './rulebook.ts';
import { policySchema } from './schema.ts';
import { factsKey, readFacts, storeFacts } from './stored-facts.ts';

export interface JudgingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly placementsOf: PlacementsOf;
}

/**
 * Judges a scan from its current facts by the rules in force: as published, and, when it speaks for its subject, in each
 * environment where that lies. Saying the same again on the same database leaves the history as it is. A scan that is
 * not matched yet has no verdict. Rules that change meanwhile are judged by at once.
 */
export async function judgeScan(which: ScanOfSubject, options: JudgingOptions): Promise<void> {
  for (;;) {
    const judgedBy = await judgeOnce(which, options);
    if (judgedBy === undefined) return;
    if ((await readRulebook(options.store, options.clock())).digest === judgedBy) return;
  }
}

/** Judges the scan that speaks for a subject, after another one does, or the subject lies elsewhere. */
export async function judgeSubject(subject: SubjectId, options: JudgingOptions): Promise<void> {
  const current = await currentScan(options.store, subject);
  if (current !== undefined) await judgeScan(current, options);
}

/** Digest of the rules that it was judged by; `undefined` when it could not be. */
async function judgeOnce(which: ScanOfSubject, { store, clock, placementsOf }: JudgingOptions) {
  return await store.transaction(async (transaction) => {
    await transaction.lock(which.subject);
    const match = await readMatch(transaction, which.scan);
    const record = await readScanRecord(transaction, which.scan);
    if (match === undefined || record === undefined) return undefined;
    const now = clock();
    const facts = await freshFacts(transaction, match, now);
    if (facts === undefined) return undefined;
    const isCurrent = (await currentScan(transaction, which.subject))?.scan === which.scan;
    const placements = isCurrent ? await placementsOf(transaction, which.subject) : [];
    const standings = standingsOf(facts.published, placements);
    const rulebook = await readRulebook(transaction, now);
    const before = await forget(transaction, which, {
      isCurrent,
      kept: standings.map(({ environment }) => environment),
    });
    const basis = { factsKey: factsKey(match), database: match.database, facts: facts.facts };
    const scan = { ...which, ...basis, receivedAt: new Date(record.receivedAt), current: isCurrent, standings, before };
    await storeJudgings(transaction, [scan], { rulebook, now });
    return rulebook.digest;
  });
}

/** Facts of the newest matching, made when it is new. */
async function freshFacts(transaction: Transaction, match: StoredMatch, now: Date) {
  const scan = await readScan(transaction, match.scan);
  if (scan === undefined) return undefined;
  const known = (await readFacts(transaction, [match.scan])).get(match.scan);
  const facts = known?.key === factsKey(match) ? known.facts : await storeFacts(transaction, { scan, match }, now);
  return { facts, published: publishedPlace(scan.document) };
}

async function currentScan(queries: Queries, subject: SubjectId): Promise<ScanOfSubject | undefined> {
  const [newest] = await listScans(queries, subject, { limit: 1 });
  return newest;
}

/** Takes back what no longer stands: other scans' judgings, and environments that the subject has left. */
async function forget(
  transaction: Transaction,
  { scan, subject }: ScanOfSubject,
  { isCurrent, kept }: { readonly isCurrent: boolean; readonly kept: readonly string[] },
) {
  const database = transaction.query(policySchema);
  if (isCurrent) {
    const others = database.updateTable('judging').set({ current: false }).where('subject', '=', subject);
    await others.where('scan', '<>', scan).where('current', '=', true).execute();
  }
  const left = database.deleteFrom('judging').where('subject', '=', subject).where('environment', '<>', '');
  await left
    .where((is) =>
      is.or([is.and([is('scan', '=', scan), is('environment', 'not in', [...kept])]), is('current', '=', false)]),
    )
    .execute();
  const rows = await database
    .selectFrom('judging')
    .select(['environment', 'digest', 'database'])
    .where('scan', '=', scan)
    .execute();
  return new Map(rows.map((row) => [row.environment, row]));
}
