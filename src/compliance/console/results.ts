import { sql } from 'kysely';
import { type Queries, type Transaction, unpackJson } from '#store/index.ts';
import type { StoredResult } from '../contract.ts';
import type { PackedResults } from './pack-results.ts';
import { complianceSchema, type Outcome } from './schema.ts';

/** A result that exceptions are held against. */
export interface FailingResult {
  readonly facts: string;
  readonly check_id: string;
  readonly body: StoredResult;
}

interface ToSave {
  readonly results: readonly PackedResults[];
  readonly evaluation: string;
  readonly now: Date;
}

/**
 * Puts them in the place of what was kept of these facts, whose rows the caller has locked. Results of the same evaluation
 * that are others are so by time alone.
 */
export async function saveResults(transaction: Transaction, { results, evaluation, now }: ToSave): Promise<void> {
  const database = transaction.query(complianceSchema);
  const outcomes = new Map(results.map(({ outcome: { id, states } }) => [id, states]));
  const failing = results.flatMap(({ facts, failing: own }) =>
    own.map(({ check: check_id, body }) => ({ facts, check_id, body })),
  );
  await sql`
    insert into compliance.outcome (id, states, seen_at) select id, states, ${await transaction.now()}::timestamptz
    from unnest(${[...outcomes.keys()]}::text[], ${[...outcomes.values()]}::json[])
      as made (id, states) order by id
    on conflict (id) do update set seen_at = excluded.seen_at`.execute(database);
  await sql`delete from compliance.failing where facts = any(${results.map(({ facts }) => facts)}::text[])`.execute(
    database,
  );
  // As JSON and as bytes: arrays are escaped text by text, and bytes in them as digits.
  await sql`
    insert into compliance.failing (facts, check_id, body) select facts, check_id, body::json
    from json_to_recordset(${JSON.stringify(failing)}::json) as made (facts text, check_id text, body text)`.execute(
    database,
  );
  const rows = rowsIn(results);
  await sql`
    update compliance.facts set evaluation = ${evaluation}, outcome = made.outcome, results = made.results,
      evaluated_at = ${now}, changed_at = case
        when evaluation = ${evaluation} and facts.results is distinct from made.results then ${now}::timestamptz
        else changed_at end
    from (
      select id, outcome, substring(whole.bytes from "from" for length) as results
      from json_to_recordset(${JSON.stringify(rows)}::json) as row (id text, outcome text, "from" integer, length integer),
        (select ${Buffer.concat(results.map(({ packed }) => packed))}::bytea as bytes) as whole
    ) as made
    where facts.id = made.id`.execute(database);
}

/** Where the packed results of each lie among those of all. */
function rowsIn(results: readonly PackedResults[]) {
  let from = 1;
  return results.map(({ facts: id, outcome, packed: { length } }) => {
    const row = { id, outcome: outcome.id, from, length };
    from += length;
    return row;
  });
}

/** All results of one set of facts, in the order of their checks; none: they are not there yet. */
export async function readResults(queries: Queries, facts: string): Promise<readonly StoredResult[]> {
  return (await readResultsOf(queries, [facts])).get(facts) ?? [];
}

/** The same of many; those that are not there yet are missing. */
export async function readResultsOf(
  queries: Queries,
  facts: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredResult[]>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('facts')
    .select(['id', 'results'])
    .where('id', '=', sql<string>`any(${[...new Set(facts)]}::text[])`)
    .execute();
  const read = new Map<string, readonly StoredResult[]>();
  for (const { id, results } of rows)
    if (results !== null) read.set(id, (await unpackJson(results)) as readonly StoredResult[]);
  return read;
}

/** How all checks stand, by the ids of that. */
export async function readOutcomes(
  queries: Queries,
  ids: Iterable<string | null>,
): Promise<ReadonlyMap<string, Outcome>> {
  const asked = [...new Set(ids)].filter((id) => id !== null);
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('outcome')
    .selectAll()
    .where('id', '=', sql<string>`any(${asked}::text[])`)
    .execute();
  return new Map(rows.map(({ id, states }) => [id, states]));
}

/** What fails these checks or warns, of these facts or of all. */
export async function readFailing(
  queries: Queries,
  { checks, facts }: { readonly checks: readonly string[]; readonly facts?: readonly string[] },
): Promise<readonly FailingResult[]> {
  if (checks.length === 0) return [];
  return await queries
    .query(complianceSchema)
    .selectFrom('failing')
    .select(['facts', 'check_id', 'body'])
    .where('check_id', '=', sql<string>`any(${[...new Set(checks)]}::text[])`)
    .$if(facts !== undefined, (all) => all.where('facts', '=', sql<string>`any(${facts ?? []}::text[])`))
    .execute();
}
