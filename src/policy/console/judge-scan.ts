import type { Clock, SubjectId } from '#base/index.ts';
import { readScan, readScanRecord, readSpeakingScan, type ScanOfSubject } from '#catalog/console/index.ts';
import { placementsOf } from '#inventory/console/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import { readMatch, type StoredMatch } from '#vulnerability/console/index.ts';
import { verdictKey } from './judge-standing.ts';
import { storeJudgings } from './judgings.ts';
import { rulebooksByScan } from './named-exceptions.ts';
import { standingsOf } from './places.ts';
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
 * Judges a scan from its current facts by the rules in force: as published, and, when it speaks for its subject, in each
 * environment where that lies. Saying the same again on the same database leaves the history as it is. A scan that is
 * not matched yet has no verdict. Rules that change meanwhile are judged by at once.
 */
export async function judgeScan(which: ScanOfSubject, options: JudgingOptions): Promise<void> {
  await untilRulesStay(options, async (transaction, now) => await judgeMatched(transaction, which, now));
}

/** Judges the scan that speaks for a subject, after another one does, or the subject lies elsewhere. */
export async function judgeSubject(subject: SubjectId, options: JudgingOptions): Promise<void> {
  await untilRulesStay(options, async (transaction, now) => {
    await transaction.lock(subject);
    const current = await readSpeakingScan(transaction, subject);
    if (current === undefined) {
      await silence(transaction, subject);
      return undefined;
    }
    const placed = await placeAnew(transaction, current, now);
    return placed ?? (await judgeMatched(transaction, current, now));
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

async function judgeMatched(transaction: Transaction, which: ScanOfSubject, now: Date): Promise<string | undefined> {
  await transaction.lock(which.subject);
  const match = await readMatch(transaction, which.scan);
  const record = await readScanRecord(transaction, which.scan);
  if (match === undefined || record === undefined) return undefined;
  const inUse = await readDatabaseInUse(transaction, now);
  const basis = await freshFacts(transaction, match, { now, inUse });
  if (basis === undefined) return undefined;
  const isCurrent = (await readSpeakingScan(transaction, which.subject))?.scan === which.scan;
  const placements = isCurrent ? await placementsOf(transaction, which.subject) : [];
  const standings = standingsOf(basis.published, placements);
  const rulebook = await readRulebook(transaction, now);
  const before = await forget(transaction, which, { isCurrent, kept: standings.map(({ environment }) => environment) });
  const receivedAt = new Date(record.receivedAt);
  const scan = { ...which, ...basis, factsKey: basis.key, receivedAt, current: isCurrent, standings, before };
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
  return scan === undefined ? undefined : await storeFacts(transaction, { scan, match }, now);
}

/**
 * Notes where a judged scan lies now. `undefined` when that, or anything else, asks for another verdict: then it must be
 * judged. Containers come and go often, and seldom change what judges them.
 */
async function placeAnew(transaction: Transaction, which: ScanOfSubject, now: Date): Promise<string | undefined> {
  const database = transaction.query(policySchema);
  const rows = await database
    .selectFrom('judging')
    .innerJoin('facts', 'facts.scan', 'judging.scan')
    .select(['environment', 'judging.key', 'stale', 'renew_at', 'facts.key as factsKey', 'published'])
    .where('judging.scan', '=', which.scan)
    .where('current', '=', true)
    .execute();
  const [first] = rows;
  if (first === undefined) return undefined;
  const standings = standingsOf(first.published, await placementsOf(transaction, which.subject));
  const rulebook = await readRulebook(transaction, now);
  const named = (await rulebooksByScan(transaction, rulebook))(which.scan);
  const ground = { rulebook: named, now, inUse: await readDatabaseInUse(transaction, now) };
  const { key: provenanceKey } = (await provenanceFor(transaction, [which], [rulebook]))(which);
  const byEnvironment = new Map(rows.map((row) => [row.environment, row]));
  const stays = standings.every((standing) => {
    const row = byEnvironment.get(standing.environment);
    return (
      row !== undefined && row.renew_at > now && row.key === verdictKey({ ...row, ...standing, provenanceKey }, ground)
    );
  });
  if (!stays || standings.length !== rows.length) return undefined;
  for (const { environment, places, counts, runs } of standings) {
    const there = database.updateTable('judging').set({ places: JSON.stringify(places), counts, runs });
    await there.where('scan', '=', which.scan).where('environment', '=', environment).execute();
  }
  return rulebook.digest;
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

/** Nothing speaks for the subject: it stands nowhere until a trusted witness scans it. */
async function silence(transaction: Transaction, subject: SubjectId): Promise<void> {
  const database = transaction.query(policySchema);
  await database.updateTable('judging').set({ current: false }).where('subject', '=', subject).execute();
  await database.deleteFrom('judging').where('subject', '=', subject).where('environment', '<>', '').execute();
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
