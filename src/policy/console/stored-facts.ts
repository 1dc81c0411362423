import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { StoredScan } from '#catalog/console/index.ts';
import { packJson, type Queries, type Transaction, unpackJson } from '#store/index.ts';
import { readDatabaseState, type StoredMatch } from '#vulnerability/console/index.ts';
import type { Exception } from '../contract.ts';
import type { JudgedFacts, JudgedFinding } from '../facts.ts';
import { judgedImage, publishedPlace } from '../judged-image.ts';
import { changedForm, type FactsChange, type FactsForm, fromForm, toForm } from './facts-form.ts';
import { withFixDates } from './fix-dates.ts';
import { policySchema } from './schema.ts';

/** Raised when the facts of a match would be written otherwise; older ones are then made anew. */
const factsFormat = 2;

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

/** Keeps what rules look at, so that policies judge again without catalogs and whole findings. */
export async function storeFacts(
  transaction: Transaction,
  { scan, match }: { readonly scan: StoredScan; readonly match: StoredMatch },
  now: Date,
): Promise<StoredFacts> {
  const findings = await withFixDates(transaction, match.findings.map(slim), now);
  const facts = factsOf(scan, match, findings);
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
  readonly facts: JudgedFacts;
}

/** Facts of these scans, feeds as old as the database in use states; those that were never judged are missing. */
export async function readFacts(
  queries: Queries,
  scans: readonly ScanId[],
  inUse: DatabaseInUse | undefined,
): Promise<ReadonlyMap<ScanId, StoredFacts>> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('facts')
    .select(['scan', 'key', 'database', 'published', 'facts'])
    .where('scan', '=', sql<ScanId>`any(${[...scans]})`)
    .execute();
  const changes = await readFactsChanges(queries, scans);
  const read = await Promise.all(
    rows.map(async (row) => {
      const form = changedForm(await unpackForm(row.facts), changes.get(row.scan) ?? []);
      return [row.scan, { ...row, facts: agedAs(inUse, fromForm(form)) }] as const;
    }),
  );
  return new Map(read);
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

/** What the database in use says of its age: findings may be of an earlier one that said the same. */
export interface DatabaseInUse {
  readonly builtAt: string;
  readonly ages: ReadonlyMap<string, string | undefined>;
}

export async function readDatabaseInUse(queries: Queries, now: Date): Promise<DatabaseInUse | undefined> {
  const state = await readDatabaseState(queries, now);
  if (state.state !== 'ready') return undefined;
  const { builtAt, sources } = state.info;
  return { builtAt, ages: new Map(sources.map(({ id, asOf }) => [id, asOf])) };
}

function agedAs(inUse: DatabaseInUse | undefined, facts: JudgedFacts): JudgedFacts {
  const { database } = facts;
  if (inUse === undefined || database.state === 'missing' || inUse.builtAt <= database.builtAt) return facts;
  const feeds = database.feeds.map(({ feed, ecosystem }) => {
    const asOf = inUse.ages.get(ecosystem);
    return { feed, ecosystem, ...(asOf === undefined ? {} : { asOf }) };
  });
  return { ...facts, database: { state: 'ready', builtAt: inUse.builtAt, feeds } };
}

async function unpackForm(bytes: Uint8Array): Promise<FactsForm> {
  const parsed = await unpackJson(bytes);
  if (!isFrame(parsed)) throw new Error('Stored facts have a shape that this version does not read.');
  return parsed.facts;
}

function isFrame(parsed: unknown): parsed is { readonly facts: FactsForm } {
  if (typeof parsed !== 'object' || parsed === null || !('format' in parsed) || parsed.format !== factsFormat)
    return false;
  return 'facts' in parsed && typeof parsed.facts === 'object' && parsed.facts !== null && 'findings' in parsed.facts;
}

/** The scanner's clock is not trusted to be behind ours. */
function factsOf(scan: StoredScan, match: StoredMatch, findings: readonly JudgedFinding[]): JudgedFacts {
  const scannedAt = Date.parse(scan.scannedAt) < Date.parse(scan.receivedAt) ? scan.scannedAt : scan.receivedAt;
  return {
    scan: { state: 'done', scannedAt, faults: [...scan.catalog.faults, ...match.faults] as JudgedFaults },
    database: { state: 'ready', builtAt: match.databaseBuiltAt, feeds: match.feeds },
    image: judgedImage(scan.document, scan.catalog),
    findings,
  };
}

type JudgedFaults = Extract<JudgedFacts['scan'], { readonly state: 'done' }>['faults'];

/** A finding without what no rule asks for. */
export function slim(finding: StoredMatch['findings'][number]): JudgedFinding {
  const { cvss: _cvss, vendorRatings: _ratings, risk, summary: _summary, matchedBy, ...rest } = finding;
  return { ...rest, rank: risk.score, matchedBy: { advisory: matchedBy.advisory, scheme: matchedBy.scheme } };
}
