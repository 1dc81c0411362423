import { sql } from 'kysely';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { type FindingEntry, findingColumns } from './finding-rows.ts';
import { parts } from './parts.ts';
import { explorerSchema } from './schema.ts';
import { storableJson } from './search.ts';

/** Findings that are not stored yet, in the order of their keys. */
export async function missingFindings(
  queries: Queries,
  entries: readonly FindingEntry[],
): Promise<readonly FindingEntry[]> {
  if (entries.length === 0) return [];
  const keys = entries.map((entry) => entry.key);
  const known = await queries
    .query(explorerSchema)
    .selectFrom('finding')
    .select('key')
    .where('key', '=', sql<string>`any(${keys}::uuid[])`)
    .execute();
  const held = new Set(known.map((row) => row.key));
  return entries.filter((entry) => !held.has(entry.key)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Keeps findings that no image holds yet, a transaction for some at a time. */
export async function keepInSteps(store: Store, missing: readonly FindingEntry[]): Promise<void> {
  for (const part of parts(missing)) {
    await store.transaction(async (transaction) => await insertFindings(transaction, part));
  }
}

/** Stores findings that are not stored yet. In the order of their keys, so that no two writers wait for each other. */
export async function keepFindings(transaction: Transaction, entries: readonly FindingEntry[]): Promise<void> {
  if (entries.length === 0) return;
  // Keeps `pruneFindings` from taking what is found here and not yet held by this image.
  await sql`lock table explorer.finding in row exclusive mode`.execute(transaction.query(explorerSchema));
  for (const part of parts(await missingFindings(transaction, entries))) await insertFindings(transaction, part);
}

async function insertFindings(transaction: Transaction, part: readonly FindingEntry[]): Promise<void> {
  const rows = part.map((entry) => {
    const columns = storableJson(findingColumns(entry));
    return `${columns.slice(0, -1)},"document":${entry.text}}`;
  });
  await sql`
    insert into explorer.finding (key, vulnerability, id, package, type, installed, fixed, severity, score, epss, kev, layer,
      purl, component, suppressed, rest, vectors, search, document)
    select key, vulnerability, id, package, type, installed, fixed, severity, score, epss, kev, layer, purl, component,
      suppressed, rest, vectors, search, document
    from jsonb_to_recordset(${`[${rows.join(',')}]`}::jsonb) as t (key uuid, vulnerability uuid, id text, package text,
      type text, installed text, fixed text, severity smallint, score float8, epss float8, kev boolean, layer int,
      purl text, component uuid, suppressed boolean, rest int, vectors smallint, search text, document jsonb)
    on conflict (key) do nothing`.execute(transaction.query(explorerSchema));
}
