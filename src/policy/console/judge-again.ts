import { setImmediate as breathe } from 'node:timers/promises';
import { type Selectable as Row, sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import { listCountingScans } from '#catalog/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { verdictOutdated } from './facts.ts';
import { type JudgingContext, verdictKey } from './judge-in.ts';
import type { JudgingOptions } from './judge-scan.ts';
import { type ScanToJudge, storeJudgings } from './judgings.ts';
import { rulebooksByScan } from './named-exceptions.ts';
import { provenanceFor } from './provenance.ts';
import { readRulebook } from './rulebook.ts';
import { type PolicyTables, policySchema } from './schema.ts';
import { readDatabaseInUse, readFacts } from './stored-facts.ts';

/** Scans that are judged in one transaction; two at once, so that one computes while the other waits for the store. */
const batch = 25;

type Judging = Row<PolicyTables['judging']> & { readonly factsKey: string };

/**
 * After a change of policies, collections or exceptions, and now and then: judges again, from stored facts, what other
 * rules judge now or what time may have changed, running containers first. What nothing changes for is not read.
 */
export async function judgeAgain({ store, clock }: Pick<JudgingOptions, 'store' | 'clock'>): Promise<void> {
  const context = { rulebook: await readRulebook(store, clock()), inUse: await readDatabaseInUse(store, clock()) };
  const byScan = Map.groupBy(await outdated(store, { ...context, now: clock() }), ({ scan }) => scan);
  const scans = [...byScan.values()].toSorted((left, right) => runningFirst(left) - runningFirst(right));
  const batches = Array.from({ length: Math.ceil(scans.length / batch) }, (_, index) =>
    scans.slice(index * batch, (index + 1) * batch).flat(),
  ).values();
  const work = async (): Promise<void> => {
    for (const rows of batches) {
      await store.transaction(async (transaction) => await judgeBatch(transaction, rows, { ...context, now: clock() }));
      await breathe();
    }
  };
  await Promise.all([work(), work()]);
}

/** Asks for a first judging of scans that count or are shown and were never judged. */
export async function judgeMissing(store: Store): Promise<void> {
  await store.transaction(async (transaction) => {
    const judged = await transaction.query(policySchema).selectFrom('judging').select('scan').distinct().execute();
    const known = new Set(judged.map(({ scan }) => scan));
    for (const which of await listCountingScans(transaction)) {
      if (!known.has(which.scan)) await transaction.announce(verdictOutdated, which);
    }
  });
}

function runningFirst(rows: readonly Judging[]): number {
  return rows.some(({ runs }) => runs) ? 0 : 1;
}

async function outdated(queries: Queries, context: JudgingContext): Promise<readonly Judging[]> {
  const rows = await readJudgings(queries);
  const rulebookOf = await rulebooksByScan(queries, context.rulebook);
  const provenanceOf = await provenanceFor(queries, rows, [context.rulebook]);
  const keyOf = (row: Judging): string => {
    const { key: provenanceKey } = provenanceOf(row);
    return verdictKey({ ...row, provenanceKey }, { ...context, rulebook: rulebookOf(row.scan) });
  };
  return rows.filter((row) => row.renew_at <= context.now || row.key !== keyOf(row));
}

async function readJudgings(queries: Queries, scans?: readonly ScanId[]): Promise<readonly Judging[]> {
  return await queries
    .query(policySchema)
    .selectFrom('judging')
    .innerJoin('facts', 'facts.scan', 'judging.scan')
    .selectAll('judging')
    .select('facts.key as factsKey')
    .where('judging.scan', 'in', (is) => is.selectFrom('judging').select('scan').where('current', '=', true))
    .$if(scans !== undefined, (query) => query.where('judging.scan', '=', sql<ScanId>`any(${[...(scans ?? [])]})`))
    .execute();
}

/** Judges what is still outdated once the subjects are locked. */
async function judgeBatch(transaction: Transaction, rows: readonly Judging[], context: JudgingContext): Promise<void> {
  for (const subject of [...new Set(rows.map((row) => row.subject))].toSorted()) await transaction.lock(subject);
  const wanted = new Set(rows.map(({ scan, environment }) => `${scan} ${environment}`));
  const scans = [...new Set(rows.map(({ scan }) => scan))];
  const locked = await readJudgings(transaction, scans);
  const facts = await readFacts(transaction, scans, context.inUse);
  const toJudge: ScanToJudge[] = [];
  for (const [scan, judged] of Map.groupBy(locked, (row) => row.scan)) {
    const basis = facts.get(scan);
    const [first] = judged;
    if (basis === undefined || first === undefined) continue;
    toJudge.push({
      scan,
      subject: first.subject,
      receivedAt: first.received_at,
      factsKey: basis.key,
      database: basis.database,
      facts: basis.facts,
      environments: judged.filter(({ environment }) => wanted.has(`${scan} ${environment}`)),
      before: new Map(judged.map((row) => [row.environment, row])),
    });
  }
  await storeJudgings(transaction, toJudge, context);
}
