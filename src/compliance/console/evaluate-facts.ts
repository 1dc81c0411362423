import { sql } from 'kysely';
import { type Clock, isAppError } from '#base/index.ts';
import type { ChildPool } from '#http/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { assessDocuments, evaluationOf, type KeptDocument, timedKinds, tooCostly } from '../catalogue.ts';
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
/** Milliseconds after which what time alone may change is judged again. */
const holdsFor = 24 * 60 * 60 * 1000;
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
  const asked = await askedNow(dependencies);
  for (let first = 0; first < ids.length; first += together)
    await evaluateSome(dependencies, { ids: ids.slice(first, first + together), ...asked });
}

/**
 * Evaluates again what another release or other lists evaluated, and what was evaluated a day ago and time may have changed.
 * Answers how many; none are left when it is 0.
 */
export async function evaluateOutdated(dependencies: Dependencies): Promise<number> {
  const asked = await askedNow(dependencies);
  const rows = await dependencies.store
    .query(complianceSchema)
    .selectFrom('facts')
    .select('id')
    .where(isOutdated(asked))
    .limit(together)
    .execute();
  await evaluateSome(dependencies, { ids: rows.map(({ id }) => id), ...asked });
  return rows.length;
}

interface AskedNow {
  readonly now: Date;
  readonly evaluation: string;
  readonly lists: Lists;
  readonly custom: readonly CustomCheck[];
}

interface Asked extends AskedNow {
  readonly ids: readonly string[];
}

/** The operator's lists, checks that were written here, and the name of an evaluation by them and those of this release. */
async function askedNow({ store, clock }: Pick<Dependencies, 'store' | 'clock'>): Promise<AskedNow> {
  const [lists, custom] = [await readLists(store), await readCustom(store)];
  return { now: clock(), evaluation: evaluationOf(lists, custom), lists, custom };
}

function isOutdated({ evaluation, now }: Pick<AskedNow, 'evaluation' | 'now'>) {
  const before = new Date(now.getTime() - holdsFor);
  return sql<boolean>`(evaluation is distinct from ${evaluation}
    or kind = any(${timedKinds}::text[]) and (evaluated_at is null or evaluated_at <= ${before}))`;
}

/** Judged before they are locked: facts are what their id says, and hosts that report the same do not wait meanwhile. */
async function evaluateSome(dependencies: Dependencies, { ids, ...asked }: Asked): Promise<void> {
  if (ids.length === 0) return;
  const { store } = dependencies;
  const { evaluation, now } = asked;
  const results = new Map<string, readonly ResultRow[]>();
  for (const row of await outdatedFacts(store, { ids, evaluation, now })) {
    const assessed = await assess(dependencies, row, asked);
    results.set(
      row.id,
      assessed.map((result) => rowOf(row.id, result)),
    );
  }
  if (results.size === 0) return;
  await store.transaction(async (transaction) => {
    const rows = await lockedFacts(transaction, { ids: [...results.keys()], evaluation, now });
    if (rows.length === 0) return;
    const changed = await changedOf(transaction, rows, { results, evaluation });
    await saveResults(transaction, { rows: changed, results: changed.map(({ id }) => results.get(id) ?? []) });
    await noteEvaluated(transaction, { rows, changed, evaluation, now });
    for (const host of await hostsWith(transaction, changed)) await transaction.announce(complianceChanged, { host });
  });
}

async function assess(
  { store, children }: Dependencies,
  row: FactsRow,
  { lists, custom, now }: AskedNow,
): Promise<readonly JoinedResult[]> {
  const documents = documentsOf(row, await textsOf(store, row));
  const asked = { kind: row.kind, documents, lists, custom, now };
  const size = documents.reduce((sum, { text }) => sum + text.length, 0);
  if (size <= longestHere && custom.length === 0) return assessDocuments(row.kind, documents, { lists, now });
  try {
    return await children.run(assessTask, asked, { caller: 'compliance' });
  } catch (error) {
    if (isAppError(error) && error.code === 'too-costly') return tooCostly(row.kind, asked);
    throw error;
  }
}

type Outdated = Pick<Asked, 'ids' | 'evaluation' | 'now'>;
type LockedFacts = Pick<ComplianceTables['facts'], 'id' | 'evaluation'>;

async function outdatedFacts(queries: Queries, { ids, ...asked }: Outdated): Promise<readonly FactsRow[]> {
  const { rows } = await sql<FactsRow>`
    select id, kind, documents from compliance.facts
    where id = any(${ids}::text[]) and ${isOutdated(asked)} order by id`.execute(queries.query(complianceSchema));
  return rows;
}

async function lockedFacts(transaction: Transaction, { ids, ...asked }: Outdated): Promise<readonly LockedFacts[]> {
  const { rows } = await sql<LockedFacts>`
    select id, evaluation from compliance.facts
    where id = any(${ids}::text[]) and ${isOutdated(asked)}
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

interface Judged extends Pick<Asked, 'evaluation'> {
  readonly results: ReadonlyMap<string, readonly ResultRow[]>;
}

/** Facts whose results are to be saved: those of another evaluation, and of the same those that time changed. */
async function changedOf(
  queries: Queries,
  rows: readonly LockedFacts[],
  { results, evaluation }: Judged,
): Promise<readonly LockedFacts[]> {
  const again = rows.filter((row) => row.evaluation === evaluation).map(({ id }) => id);
  if (again.length === 0) return rows;
  const kept = await sql<{ facts: string; body: string }>`
    select facts, body::text from compliance.result where facts = any(${again}::text[])`.execute(
    queries.query(complianceSchema),
  );
  const before = Map.groupBy(kept.rows, ({ facts }) => facts);
  const bodiesOf = (list: readonly { readonly body: string }[] = []): string =>
    JSON.stringify(list.map(({ body }) => body).toSorted());
  return rows.filter(
    ({ id, evaluation: by }) => by !== evaluation || bodiesOf(before.get(id)) !== bodiesOf(results.get(id)),
  );
}

interface Evaluated extends Pick<Asked, 'evaluation' | 'now'> {
  readonly rows: readonly LockedFacts[];
  readonly changed: readonly LockedFacts[];
}

/** Results of the same evaluation that are others are so for the time alone: their subjects are to be judged again. */
async function noteEvaluated(transaction: Transaction, { rows, changed, evaluation, now }: Evaluated): Promise<void> {
  const aged = changed.filter((row) => row.evaluation === evaluation).map(({ id }) => id);
  await sql`
    update compliance.facts set evaluation = ${evaluation}, evaluated_at = ${now},
      changed_at = case when id = any(${aged}::text[]) then ${now} else changed_at end
    where id = any(${rows.map(({ id }) => id)}::text[])`.execute(transaction.query(complianceSchema));
}

interface ToSave {
  readonly rows: readonly Pick<FactsRow, 'id'>[];
  /** Of each of them. */
  readonly results: readonly (readonly ResultRow[])[];
}

async function saveResults(transaction: Transaction, { rows, results }: ToSave): Promise<void> {
  const database = transaction.query(complianceSchema);
  const ids = rows.map(({ id }) => id);
  await database.deleteFrom('result').where('facts', '=', sql<string>`any(${ids}::text[])`).execute();
  for (const part of partsOf(results)) await insertResults(transaction, part);
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
