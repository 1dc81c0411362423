import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { StoredScan } from '#catalog/console/index.ts';
import { packJson, type Queries, type Transaction } from '#store/index.ts';
import { readDatabaseState, type StoredMatch } from '#vulnerability/console/index.ts';
import type { Exception } from '../contract.ts';
import type { PolicyFacts } from '../facts.ts';
import { factsOf, slim } from '../facts-of.ts';
import { imageChecks } from '../image-checks.ts';
import { publishedPlace } from '../policy-image.ts';
import { type FactsChange, toForm } from './facts-form.ts';
import { withFixDates } from './fix-dates.ts';
import { policySchema } from './schema.ts';
import { type DatabaseInUse, factsFormat, type PackedFacts, unpackFacts } from './unpack-facts.ts';

export type { DatabaseInUse };

/** Names the matching that facts are made from. */
export function factsKey({ database, matchedAt }: Pick<StoredMatch, 'database' | 'matchedAt'>): string {
  return `${factsFormat} ${database} ${matchedAt}`;
}

/** A package with findings, as exceptions name it. */
export function componentKey({ type, name, version }: Exception['package']): string {
  return createHash('sha256')
    .update(JSON.stringify([type, name, version]))
    .digest('base64url')
    .slice(0, 12);
}

/** A scan with its newest matching, and what was kept of the one before. */
interface MatchedScan {
  readonly scan: StoredScan;
  readonly match: StoredMatch;
  readonly before: PolicyFacts | undefined;
}

/** Keeps what rules look at, so that policies judge again without catalogs and whole findings. */
export async function storeFacts(
  transaction: Transaction,
  { scan, match, before }: MatchedScan,
  now: Date,
): Promise<StoredFacts> {
  const found = match.findings.map((finding) => ({ finding: slim(finding), before }));
  const findings = await withFixDates(transaction, found, now);
  const facts = factsOf(scan, match, { findings, ...imageChecks(scan.document, scan.catalog) });
  const components = findings.map(({ type, package: name, installed }) => ({ type, name, version: installed }));
  const published = publishedPlace(scan.document);
  const row = {
    key: factsKey(match),
    database: match.database,
    published: JSON.stringify(published),
    components: [...new Set(components.map(componentKey))],
    facts: await packJson({ format: factsFormat, facts: toForm(facts) }),
    match_version: match.version,
  };
  await transaction
    .query(policySchema)
    .insertInto('facts')
    .values({ scan: scan.scan, subject: scan.subject, ...row })
    .onConflict((conflict) => conflict.column('scan').doUpdateSet(row))
    .execute();
  await transaction.query(policySchema).deleteFrom('facts_change').where('scan', '=', scan.scan).execute();
  return { key: row.key, database: row.database, published, facts };
}

export interface StoredFacts {
  readonly key: string;
  readonly database: string;
  readonly published: Selectable;
  readonly facts: PolicyFacts;
}

/** Facts of these scans, feeds as old as the database in use states; those that were never judged are missing. */
export async function readFacts(
  queries: Queries,
  scans: readonly ScanId[],
  inUse: DatabaseInUse | undefined,
): Promise<ReadonlyMap<ScanId, StoredFacts>> {
  const packed = await readPackedFacts(queries, scans);
  const read = packed.map(async (row) => [row.scan, { ...row, facts: await unpackFacts(row, inUse) }] as const);
  return new Map(await Promise.all(read));
}

/** The same as it is stored. */
export async function readPackedFacts(
  queries: Queries,
  scans: readonly ScanId[],
): Promise<readonly (PackedFacts & Pick<StoredFacts, 'key' | 'database' | 'published'>)[]> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('facts')
    .select(['scan', 'key', 'database', 'published', 'facts'])
    .where('scan', '=', sql<ScanId>`any(${[...scans]})`)
    .execute();
  const changes = await readFactsChanges(queries, scans);
  return rows.map(({ facts: packed, ...row }) => ({ ...row, packed, changes: changes.get(row.scan) ?? [] }));
}

/** What became otherwise since facts were packed, oldest first. */
async function readFactsChanges(
  queries: Queries,
  scans: readonly ScanId[],
): Promise<ReadonlyMap<ScanId, readonly FactsChange[]>> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('facts_change')
    .select(['scan', 'change'])
    .where('scan', '=', sql<ScanId>`any(${[...scans]})`)
    .orderBy('scan')
    .orderBy('version')
    .execute();
  return new Map([...Map.groupBy(rows, (row) => row.scan)].map(([scan, own]) => [scan, own.map((row) => row.change)]));
}

export async function readDatabaseInUse(queries: Queries, now: Date): Promise<DatabaseInUse | undefined> {
  const state = await readDatabaseState(queries, now);
  if (state.state !== 'ready') return undefined;
  const { builtAt, sources } = state.info;
  return { builtAt, ages: new Map(sources.map(({ id, asOf }) => [id, asOf])) };
}
