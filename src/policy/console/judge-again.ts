import { setImmediate as breathe } from 'node:timers/promises';
import { type Selectable as Row, sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import { listCurrentScans } from '#catalog/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import type { Rulebook } from '../rulebook.ts';
import { verdictOutdated } from './facts.ts';
import type { JudgingOptions } from './judge-scan.ts';
import { verdictKey } from './judge-standing.ts';
import { type ScanToJudge, storeJudgings } from './judgings.ts';
import { readRulebook, type RulebookInForce } from './rulebook.ts';
import { type PolicyTables, policySchema } from './schema.ts';
import { readFacts } from './stored-facts.ts';

/** Scans that are judged in one transaction. */
const batch = 25;

type Judging = Row<PolicyTables['judging']> & { readonly factsKey: string };

/**
 * After a change of policies, collections or exceptions, and now and then: judges again, from stored facts, what other
 * rules judge now or what time may have changed, running containers first. What nothing changes for is not read.
 */
export async function judgeAgain({ store, clock }: Pick<JudgingOptions, 'store' | 'clock'>): Promise<void> {
  const rulebook = await readRulebook(store, clock());
  const byScan = Map.groupBy(await outdated(store, rulebook, clock()), ({ scan }) => scan);
  const scans = [...byScan.values()].toSorted((left, right) => runningFirst(left) - runningFirst(right));
  for (let start = 0; start < scans.length; start += batch) {
    const rows = scans.slice(start, start + batch).flat();
    await store.transaction(async (transaction) => await judgeBatch(transaction, rows, { rulebook, now: clock() }));
    await breathe();
  }
}

/** Asks for a first judging of scans that speak for a subject and were never judged so. */
export async function judgeMissing(store: Store): Promise<void> {
  await store.transaction(async (transaction) => {
    const judged = await transaction
      .query(policySchema)
      .selectFrom('judging')
      .select('scan')
      .where('current', '=', true)
      .execute();
    const known = new Set(judged.map(({ scan }) => scan));
    for (const which of await listCurrentScans(transaction)) {
      if (!known.has(which.scan)) await transaction.announce(verdictOutdated, which);
    }
  });
}

function runningFirst(rows: readonly Judging[]): number {
  return rows.some(({ runs }) => runs) ? 0 : 1;
}

async function outdated(queries: Queries, rulebook: RulebookInForce, now: Date): Promise<readonly Judging[]> {
  const rows = await readJudgings(queries);
  const rulebookOf = await rulebooksByScan(queries, rulebook);
  return rows.filter(
    (row) => row.renew_at <= now || row.key !== verdictKey(row.factsKey, row, { rulebook: rulebookOf(row.scan), now }),
  );
}

async function readJudgings(queries: Queries, scans?: readonly ScanId[]): Promise<readonly Judging[]> {
  return await queries
    .query(policySchema)
    .selectFrom('judging')
    .innerJoin('facts', 'facts.scan', 'judging.scan')
    .selectAll('judging')
    .select('facts.key as factsKey')
    .where('current', '=', true)
    .$if(scans !== undefined, (query) => query.where('judging.scan', '=', sql<ScanId>`any(${[...(scans ?? [])]})`))
    .execute();
}

/** The rulebook with, for each scan, only those exceptions that name a package with findings in it. */
async function rulebooksByScan(queries: Queries, rulebook: Rulebook): Promise<(scan: ScanId) => Rulebook> {
  const none = { ...rulebook, exceptions: [] };
  if (rulebook.exceptions.length === 0) return () => none;
  const rows = await queries
    .query(policySchema)
    .selectFrom('exception')
    .innerJoin('facts', (join) => join.on(sql<boolean>`facts.components @> array[exception.component]`))
    .select(['facts.scan', 'exception.id'])
    .where('exception.state', '=', 'granted')
    .execute();
  const named = Map.groupBy(rows, ({ scan }) => scan);
  return (scan) => {
    const ids = new Set(named.get(scan)?.map(({ id }) => id));
    return ids.size === 0 ? none : { ...rulebook, exceptions: rulebook.exceptions.filter(({ id }) => ids.has(id)) };
  };
}

/** Judges what is still outdated once the subjects are locked. */
async function judgeBatch(
  transaction: Transaction,
  rows: readonly Judging[],
  { rulebook, now }: { readonly rulebook: Rulebook; readonly now: Date },
): Promise<void> {
  for (const subject of [...new Set(rows.map((row) => row.subject))].toSorted()) await transaction.lock(subject);
  const wanted = new Set(rows.map(({ scan, environment }) => `${scan} ${environment}`));
  const scans = [...new Set(rows.map(({ scan }) => scan))];
  const locked = await readJudgings(transaction, scans);
  const facts = await readFacts(transaction, scans);
  const toJudge: ScanToJudge[] = [];
  for (const [scan, standings] of Map.groupBy(locked, (row) => row.scan)) {
    const basis = facts.get(scan);
    const [first] = standings;
    if (basis === undefined || first === undefined) continue;
    toJudge.push({
      scan,
      subject: first.subject,
      receivedAt: first.received_at,
      current: true,
      factsKey: basis.key,
      database: basis.database,
      facts: basis.facts,
      standings: standings.filter(({ environment }) => wanted.has(`${scan} ${environment}`)),
      before: new Map(standings.map((row) => [row.environment, row])),
    });
  }
  await storeJudgings(transaction, toJudge, { rulebook, now });
}
