import { sql } from 'kysely';
import { type Clock, isAppError } from '#base/index.ts';
import type { ChildPool } from '#http/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { assessDocuments, evaluationOf, type KeptDocument, tooCostly } from '../catalogue.ts';
import type { CustomCheck } from '../contract.ts';
import type { JoinedResult } from '../join.ts';
import { complianceChanged } from './facts.ts';
import type { Lists } from '../lists/index.ts';
import { readCustom } from './custom-checks.ts';
import { readLists } from './operator-lists.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';
import { assessTask } from './tasks.ts';

/** Facts whose results are saved in one transaction. */
const together = 50;
/** UTF-16 units of documents that are judged in this process; longer ones, and checks that somebody wrote, could stall it. */
const longestHere = 64 * 1024;
/** UTF-16 units of results that one statement saves: what hosts report decides how long they are. */
const longestStatement = 16 * 1024 * 1024;

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly children: Pick<ChildPool, 'run'>;
}

type FactsRow = Pick<ComplianceTables['facts'], 'id' | 'kind'> & {
  readonly documents: readonly { readonly kind: string; readonly hash: string }[];
};

/** After `factsAppeared`: evaluates what waits, these first. Does nothing twice. */
export async function evaluateFacts(dependencies: Dependencies, ids: readonly string[]): Promise<void> {
  const asked = await askedNow(dependencies.store);
  for (let first = 0; first < ids.length; first += together)
    await evaluateSome(dependencies, { ids: ids.slice(first, first + together), ...asked });
}

/** Evaluates again what another release or other lists evaluated. Answers how many; none are left when it is 0. */
export async function evaluateOutdated(dependencies: Dependencies): Promise<number> {
  const asked = await askedNow(dependencies.store);
  const rows = await dependencies.store
    .query(complianceSchema)
    .selectFrom('facts')
    .select('id')
    .where(sql<boolean>`evaluation is distinct from ${asked.evaluation}`)
    .limit(together)
    .execute();
  await evaluateSome(dependencies, { ids: rows.map(({ id }) => id), ...asked });
  return rows.length;
}

interface AskedNow {
  readonly evaluation: string;
  readonly lists: Lists;
  readonly custom: readonly CustomCheck[];
}

interface Asked extends AskedNow {
  readonly ids: readonly string[];
}

/** The operator's lists, checks that were written here, and the name of an evaluation by them and those of this release. */
async function askedNow(queries: Queries): Promise<AskedNow> {
  const [lists, custom] = [await readLists(queries), await readCustom(queries)];
  return { evaluation: evaluationOf(lists, custom), lists, custom };
}

/** Judged before they are locked: facts are what their id says, and hosts that report the same do not wait meanwhile. */
async function evaluateSome(dependencies: Dependencies, { ids, ...asked }: Asked): Promise<void> {
  if (ids.length === 0) return;
  const { store } = dependencies;
  const { evaluation } = asked;
  const results = new Map<string, readonly ResultRow[]>();
  for (const row of await outdatedFacts(store, { ids, evaluation })) {
    const assessed = await assess(dependencies, row, asked);
    results.set(
      row.id,
      assessed.map((result) => rowOf(row.id, result)),
    );
  }
  if (results.size === 0) return;
  await store.transaction(async (transaction) => {
    const rows = await lockedFacts(transaction, { ids: [...results.keys()], evaluation });
    if (rows.length === 0) return;
    await saveResults(transaction, { rows, results: rows.map(({ id }) => results.get(id) ?? []), evaluation });
    for (const host of await hostsWith(transaction, rows)) await transaction.announce(complianceChanged, { host });
  });
}

async function assess(
  { store, clock, children }: Dependencies,
  row: FactsRow,
  { lists, custom }: AskedNow,
): Promise<readonly JoinedResult[]> {
  const documents = documentsOf(row, await textsOf(store, row));
  const asked = { kind: row.kind, documents, lists, custom, now: clock() };
  const size = documents.reduce((sum, { text }) => sum + text.length, 0);
  if (size <= longestHere && custom.length === 0)
    return assessDocuments(row.kind, documents, { lists, now: asked.now });
  try {
    return await children.run(assessTask, asked, { caller: 'compliance' });
  } catch (error) {
    if (isAppError(error) && error.code === 'too-costly') return tooCostly(row.kind, asked);
    throw error;
  }
}

type Outdated = Pick<Asked, 'ids' | 'evaluation'>;

async function outdatedFacts(queries: Queries, { ids, evaluation }: Outdated): Promise<readonly FactsRow[]> {
  const { rows } = await sql<FactsRow>`
    select id, kind, documents from compliance.facts
    where id = any(${ids}::text[]) and evaluation is distinct from ${evaluation} order by id`.execute(
    queries.query(complianceSchema),
  );
  return rows;
}

async function lockedFacts(
  transaction: Transaction,
  { ids, evaluation }: Outdated,
): Promise<readonly Pick<FactsRow, 'id'>[]> {
  const { rows } = await sql<Pick<FactsRow, 'id'>>`
    select id from compliance.facts
    where id = any(${ids}::text[]) and evaluation is distinct from ${evaluation}
    order by id for update`.execute(transaction.query(complianceSchema));
  return rows;
}

async function textsOf(queries: Queries, { documents }: FactsRow): Promise<ReadonlyMap<string, string>> {
  const found = await queries
    .query(complianceSchema)
    .selectFrom('document')
    .selectAll()
    .where('hash', '=', sql<string>`any(${documents.map(({ hash }) => hash)}::text[])`)
    .execute();
  return new Map(found.map(({ hash, text }) => [hash, text]));
}

/** Throws where one is not there: without it the rest could pass. */
function documentsOf({ id, documents }: FactsRow, texts: ReadonlyMap<string, string>): readonly KeptDocument[] {
  return documents.map(({ kind, hash }) => {
    const text = texts.get(hash);
    if (text === undefined) throw new Error(`document ${hash} of facts ${id} is not there`);
    return { kind, text };
  });
}

interface ResultRow {
  readonly facts: string;
  readonly check_id: string;
  readonly state: string;
  readonly folded: boolean;
  readonly body: string;
}

function rowOf(facts: string, result: JoinedResult): ResultRow {
  return {
    facts,
    check_id: result.id,
    state: result.state,
    folded: result.foldedUnder !== undefined,
    body: JSON.stringify(result),
  };
}

interface Evaluated {
  readonly rows: readonly Pick<FactsRow, 'id'>[];
  /** Of each of them. */
  readonly results: readonly (readonly ResultRow[])[];
  readonly evaluation: string;
}

async function saveResults(transaction: Transaction, { rows, results, evaluation }: Evaluated): Promise<void> {
  const database = transaction.query(complianceSchema);
  const ids = rows.map(({ id }) => id);
  await database.deleteFrom('result').where('facts', '=', sql<string>`any(${ids}::text[])`).execute();
  for (const part of partsOf(results)) await insertResults(transaction, part);
  await database.updateTable('facts').set({ evaluation }).where('id', '=', sql<string>`any(${ids}::text[])`).execute();
}

function partsOf(results: readonly (readonly ResultRow[])[]): readonly (readonly ResultRow[])[] {
  const parts: ResultRow[][] = [[]];
  let size = 0;
  for (const rows of results) {
    if (size > longestStatement) [size] = [0, parts.push([])];
    parts.at(-1)?.push(...rows);
    size += rows.reduce((sum, { body }) => sum + body.length, 0);
  }
  return parts;
}

/** One parameter for all rows: 400 sets of facts have 100,000 results. */
async function insertResults(transaction: Transaction, rows: readonly ResultRow[]): Promise<void> {
  await sql`
    insert into compliance.result (facts, check_id, state, folded, body)
    select facts, check_id, state, folded, body::json
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as made (facts text, check_id text, state text, folded boolean, body text)`.execute(
    transaction.query(complianceSchema),
  );
}

async function hostsWith(transaction: Transaction, rows: readonly Pick<FactsRow, 'id'>[]): Promise<readonly string[]> {
  const found = await transaction
    .query(complianceSchema)
    .selectFrom('subject')
    .select('host')
    .distinct()
    .where('facts', '=', sql<string>`any(${rows.map(({ id }) => id)}::text[])`)
    .execute();
  return found.map(({ host }) => host);
}
