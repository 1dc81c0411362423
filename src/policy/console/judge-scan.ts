import type { Clock, ScanId, SubjectId } from '#base/index.ts';
import { readScan, readScanRecord, type ScanOfSubject } from '#catalog/console/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import { readMatch, type StoredMatch } from '#vulnerability/console/index.ts';
import { imageEnvironmentsOf } from './image-environment.ts';
import { verdictKey } from './judge-in.ts';
import { storeJudgings } from './judgings.ts';
import { dropOthers, readScope, type SubjectScope } from './subject-scope.ts';
import { rulebooksByScan } from './named-exceptions.ts';
import { provenanceFor } from './provenance.ts';
import { readRulebook } from './rulebook.ts';
import { policySchema } from './schema.ts';
import {
  type DatabaseInUse,
  factsKey,
  readDatabaseInUse,
  readFacts,
  type StoredFacts,
  storeFacts,
} from './stored-facts.ts';

export interface JudgingOptions {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Judges a scan from its current facts by the rules in force: as published, and in each environment where it counts.
 * Saying the same again on the same database leaves the history as it is. A scan that is not matched yet has no verdict.
 * Rules that change meanwhile are judged by at once.
 */
export async function judgeScan(which: ScanOfSubject, options: JudgingOptions): Promise<void> {
  await untilRulesStay(options, async (transaction, now) => {
    await transaction.lock(which.subject);
    const context = await readScope(transaction, which.subject);
    const judgedBy = await judgeMatched(transaction, { which, context }, now);
    await dropOthers(transaction, which.subject, context);
    return judgedBy;
  });
}

/** Judges all scans that count for a subject or are shown, after others do, or the subject lies elsewhere. */
export async function judgeSubject(subject: SubjectId, options: JudgingOptions): Promise<void> {
  await untilRulesStay(options, async (transaction, now) => {
    await transaction.lock(subject);
    const context = await readScope(transaction, subject);
    const judged = [];
    for (const scan of context.scans) {
      const which = { scan, subject };
      const placed = await placeAnew(transaction, { which, context }, now);
      judged.push(placed ?? (await judgeMatched(transaction, { which, context }, now)));
    }
    await dropOthers(transaction, subject, context);
    return judged.find((one) => one !== undefined);
  });
}

/** `judge` tells the digest of the rules that it judged by, and nothing when there was nothing to judge. */
async function untilRulesStay(
  { store, clock }: JudgingOptions,
  judge: (transaction: Transaction, now: Date) => Promise<string | undefined>,
): Promise<void> {
  for (;;) {
    const judgedBy = await store.transaction(async (transaction) => await judge(transaction, clock()));
    if (judgedBy === undefined || (await readRulebook(store, clock())).digest === judgedBy) return;
  }
}

interface ScopedScan {
  readonly which: ScanOfSubject;
  readonly context: SubjectScope;
}

async function judgeMatched(
  transaction: Transaction,
  { which, context }: ScopedScan,
  now: Date,
): Promise<string | undefined> {
  const match = await readMatch(transaction, which.scan);
  const record = await readScanRecord(transaction, which.scan);
  if (match === undefined || record === undefined) return undefined;
  const inUse = await readDatabaseInUse(transaction, now);
  const basis = await freshFacts(transaction, match, { now, inUse });
  if (basis === undefined) return undefined;
  const environments = imageEnvironmentsOf(basis.published, context.of(which.scan));
  const rulebook = await readRulebook(transaction, now);
  const before = await readBefore(transaction, which.scan);
  const receivedAt = new Date(record.receivedAt);
  const scan = { ...which, ...basis, factsKey: basis.key, receivedAt, environments, before };
  await storeJudgings(transaction, [scan], { rulebook, now, inUse });
  return rulebook.digest;
}

/** Facts of the newest matching, made when it is new. */
async function freshFacts(
  transaction: Transaction,
  match: StoredMatch,
  { now, inUse }: { readonly now: Date; readonly inUse: DatabaseInUse | undefined },
): Promise<StoredFacts | undefined> {
  const known = (await readFacts(transaction, [match.scan], inUse)).get(match.scan);
  if (known?.key === factsKey(match)) return known;
  const scan = await readScan(transaction, match.scan);
  return scan === undefined ? undefined : await storeFacts(transaction, { scan, match, before: known?.facts }, now);
}

/**
 * Notes where a judged scan lies and counts now. `undefined` when that, or anything else, asks for another verdict: then
 * it must be judged. Containers come and go often, and seldom change what judges them.
 */
async function placeAnew(
  transaction: Transaction,
  { which, context }: ScopedScan,
  now: Date,
): Promise<string | undefined> {
  const database = transaction.query(policySchema);
  const rows = await database
    .selectFrom('judging')
    .innerJoin('facts', 'facts.scan', 'judging.scan')
    .select(['environment', 'judging.key', 'stale', 'renew_at', 'facts.key as factsKey', 'published'])
    .where('judging.scan', '=', which.scan)
    .execute();
  const [first] = rows;
  if (first === undefined) return undefined;
  const environments = imageEnvironmentsOf(first.published, context.of(which.scan));
  const rulebook = await readRulebook(transaction, now);
  const named = (await rulebooksByScan(transaction, rulebook))(which.scan);
  const by = { rulebook: named, now, inUse: await readDatabaseInUse(transaction, now) };
  const { key: provenanceKey } = (await provenanceFor(transaction, [which], [rulebook]))(which);
  const byEnvironment = new Map(rows.map((row) => [row.environment, row]));
  const stays = environments.every((imageEnvironment) => {
    const row = byEnvironment.get(imageEnvironment.environment);
    if (row === undefined || row.renew_at <= now) return false;
    return row.key === verdictKey({ ...row, ...imageEnvironment, provenanceKey }, by);
  });
  if (!stays) return undefined;
  for (const { environment, places, counts, runs, current } of environments) {
    const there = database.updateTable('judging').set({ places: JSON.stringify(places), counts, runs, current });
    await there.where('scan', '=', which.scan).where('environment', '=', environment).execute();
  }
  return rulebook.digest;
}

/** As a scan was judged last, by environment. */
async function readBefore(transaction: Transaction, scan: ScanId) {
  const rows = await transaction
    .query(policySchema)
    .selectFrom('judging')
    .select(['environment', 'digest', 'database'])
    .where('scan', '=', scan)
    .execute();
  return new Map(rows.map((row) => [row.environment, row]));
}

/** Deletes what is kept of a scan that is no more. */
export async function forgetScan(
  { scan, subject }: ScanOfSubject,
  { store }: Pick<JudgingOptions, 'store'>,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(subject);
    const database = transaction.query(policySchema);
    for (const table of ['judging', 'facts', 'facts_change', 'verdict'] as const)
      await database.deleteFrom(table).where('scan', '=', scan).execute();
  });
}
