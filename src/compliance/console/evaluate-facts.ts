import { sql } from 'kysely';
import type { Clock } from '#base/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import type { Check } from '../check.ts';
import { assessDocuments, evaluationOf, type KeptDocument } from '../catalogue.ts';
import type { UntypedFacts } from '../custom-check.ts';
import type { JoinedResult } from '../join.ts';
import { complianceChanged } from './facts.ts';
import type { Lists } from '../lists/index.ts';
import { openCustom } from '../open-custom.ts';
import { readCustom } from './custom-checks.ts';
import { readLists } from './operator-lists.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

/** Facts that are evaluated in one transaction. */
const together = 50;

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
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
  readonly custom: readonly Check<UntypedFacts>[];
}

interface Asked extends AskedNow {
  readonly ids: readonly string[];
}

/** The operator's lists, checks that were written here, and the name of an evaluation by them and those of this release. */
async function askedNow(queries: Queries): Promise<AskedNow> {
  const [lists, custom] = [await readLists(queries), await readCustom(queries)];
  return { evaluation: evaluationOf(lists, custom), lists, custom: await openCustom(custom) };
}

async function evaluateSome({ store, clock }: Dependencies, { ids, evaluation, lists, custom }: Asked): Promise<void> {
  if (ids.length === 0) return;
  await store.transaction(async (transaction) => {
    const rows = await lockedFacts(transaction, { ids, evaluation });
    if (rows.length === 0) return;
    const texts = await textsOf(transaction, rows);
    const now = clock();
    const results = rows.flatMap((row) =>
      assessDocuments(row.kind, documentsOf(row, texts), { now, lists, custom }).map((result) => rowOf(row.id, result)),
    );
    await saveResults(transaction, { rows, results, evaluation });
    for (const host of await hostsWith(transaction, rows)) await transaction.announce(complianceChanged, { host });
  });
}

async function lockedFacts(
  transaction: Transaction,
  { ids, evaluation }: Pick<Asked, 'ids' | 'evaluation'>,
): Promise<readonly FactsRow[]> {
  const { rows } = await sql<FactsRow>`
    select id, kind, documents from compliance.facts
    where id = any(${ids}::text[]) and evaluation is distinct from ${evaluation}
    order by id for update`.execute(transaction.query(complianceSchema));
  return rows;
}

async function textsOf(transaction: Transaction, rows: readonly FactsRow[]): Promise<ReadonlyMap<string, string>> {
  const hashes = [...new Set(rows.flatMap(({ documents }) => documents.map(({ hash }) => hash)))];
  const found = await transaction
    .query(complianceSchema)
    .selectFrom('document')
    .selectAll()
    .where('hash', '=', sql<string>`any(${hashes}::text[])`)
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
  readonly rows: readonly FactsRow[];
  readonly results: readonly ResultRow[];
  readonly evaluation: string;
}

/** One parameter for all rows: 400 sets of facts have 100,000 results. */
async function saveResults(transaction: Transaction, { rows, results, evaluation }: Evaluated): Promise<void> {
  const database = transaction.query(complianceSchema);
  const ids = rows.map(({ id }) => id);
  await database.deleteFrom('result').where('facts', '=', sql<string>`any(${ids}::text[])`).execute();
  await sql`
    insert into compliance.result (facts, check_id, state, folded, body)
    select facts, check_id, state, folded, body::json
    from json_to_recordset(${JSON.stringify(results)}::json)
      as made (facts text, check_id text, state text, folded boolean, body text)`.execute(database);
  await database.updateTable('facts').set({ evaluation }).where('id', '=', sql<string>`any(${ids}::text[])`).execute();
}

async function hostsWith(transaction: Transaction, rows: readonly FactsRow[]): Promise<readonly string[]> {
  const found = await transaction
    .query(complianceSchema)
    .selectFrom('subject')
    .select('host')
    .distinct()
    .where('facts', '=', sql<string>`any(${rows.map(({ id }) => id)}::text[])`)
    .execute();
  return found.map(({ host }) => host);
}
