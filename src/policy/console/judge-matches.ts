import { sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { changeFacts } from './changed-facts.ts';
import { type JudgingOptions, judgeScan } from './judge-scan.ts';
import { type ScanToJudge, storeJudgings } from './judgings.ts';
import { readRulebook } from './rulebook.ts';
import { policySchema } from './schema.ts';
import { type DatabaseInUse, readDatabaseInUse } from './stored-facts.ts';

/** Scans whose facts are in memory at once. */
const batch = 10;

/**
 * Judges scans whose findings are others, many at once: those that were judged where their subjects lie, from the facts
 * of then and what the matching found otherwise since. All others are judged from the start.
 */
export async function judgeMatches(which: readonly ScanOfSubject[], options: JudgingOptions): Promise<void> {
  for (let start = 0; start < which.length; start += batch)
    await judgeBatch(which.slice(start, start + batch), options);
}

async function judgeBatch(which: readonly ScanOfSubject[], options: JudgingOptions): Promise<void> {
  const { store, clock } = options;
  const { judged, digest } = await store.transaction(async (transaction) => {
    await transaction.lockAll(which.map((one) => one.subject));
    const now = clock();
    const [rulebook, inUse] = [await readRulebook(transaction, now), await readDatabaseInUse(transaction, now)];
    const scans = await changedScans(
      transaction,
      which.map((one) => one.scan),
      { inUse, now },
    );
    await storeJudgings(transaction, scans, { rulebook, now, inUse });
    return { judged: new Set(scans.map((one) => one.scan)), digest: rulebook.digest };
  });
  const renewed = (await readRulebook(store, clock())).digest !== digest;
  for (const one of which) if (renewed || !judged.has(one.scan)) await judgeScan(one, options);
}

async function changedScans(
  transaction: Transaction,
  scans: readonly ScanId[],
  { inUse, now }: { readonly inUse: DatabaseInUse | undefined; readonly now: Date },
): Promise<readonly ScanToJudge[]> {
  const rows = await transaction
    .query(policySchema)
    .selectFrom('judging')
    .selectAll()
    .where('scan', '=', sql<ScanId>`any(${scans}::uuid[])`)
    .execute();
  const all = [...Map.groupBy(rows, (row) => row.scan)];
  const judgings = new Map(all.filter(([, own]) => own.some(({ current }) => current)));
  const changed = await changeFacts(transaction, [...judgings.keys()], { inUse, now });
  return changed.flatMap(({ scan, key, database, facts }) => {
    const judged = judgings.get(scan) ?? [];
    const [first] = judged;
    if (first === undefined) return [];
    const { subject, received_at: receivedAt } = first;
    const before = new Map(judged.map((row) => [row.environment, row]));
    return [{ scan, subject, receivedAt, factsKey: key, database, facts, environments: judged, before }];
  });
}
