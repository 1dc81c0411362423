import { sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { type MatchChange, readMatchChanges } from '#vulnerability/console/index.ts';
import type { PolicyFinding } from '../facts.ts';
import type { ComponentName, FactsChange } from './facts-form.ts';
import { needsDate, slim } from '../facts-of.ts';
import { withFixDates } from './fix-dates.ts';
import { policySchema } from './schema.ts';
import { componentKey, type DatabaseInUse, factsKey, readFacts, type StoredFacts } from './stored-facts.ts';

/** Facts of a scan that follow from those of an earlier matching. */
export interface ChangedFacts extends StoredFacts {
  readonly scan: ScanId;
}

/**
 * Brings kept facts of scans to what their matching found otherwise since, which is kept beside them; those of which not
 * all is known are missing in what is given back. The caller holds the locks of the subjects.
 */
export async function changeFacts(
  transaction: Transaction,
  scans: readonly ScanId[],
  { inUse, now }: { readonly inUse: DatabaseInUse | undefined; readonly now: Date },
): Promise<readonly ChangedFacts[]> {
  const rows = await transaction
    .query(policySchema)
    .selectFrom('facts')
    .select(['scan', 'match_version'])
    .where('scan', '=', sql<ScanId>`any(${scans}::uuid[])`)
    .execute();
  const since = new Map(rows.map((row) => [row.scan, row.match_version]));
  const changes = await readMatchChanges(
    transaction,
    rows.map((row) => ({ scan: row.scan, since: row.match_version })),
  );
  if (changes.size === 0) return [];
  const found = await findingsOf(transaction, changes, { inUse, now });
  const news = [...changes].flatMap(([scan, { version, components }]) => {
    if (version === since.get(scan)) return [];
    return [{ scan, version, change: { components, findings: found.get(scan) ?? [] } }];
  });
  await keepChanges(transaction, news);
  const facts = await readFacts(transaction, [...changes.keys()], inUse);
  const changed = [...changes].flatMap(([scan, match]) => {
    const own = facts.get(scan);
    if (own === undefined) return [];
    return [{ ...own, scan, key: factsKey(match), database: match.database }];
  });
  await noteMatches(transaction, changed, changes);
  return changed;
}

/** What rules look at in findings of changes; the dates of their fixes are read for all at once. */
async function findingsOf(
  transaction: Transaction,
  changes: ReadonlyMap<ScanId, MatchChange>,
  { inUse, now }: { readonly inUse: DatabaseInUse | undefined; readonly now: Date },
): Promise<ReadonlyMap<ScanId, readonly PolicyFinding[]>> {
  const all = [...changes].flatMap(([scan, { findings }]) =>
    findings.map((finding) => ({ scan, finding: slim(finding) })),
  );
  const undated = all.filter(({ finding }) => needsDate(finding)).map(({ scan }) => scan);
  const before = await readFacts(transaction, [...new Set(undated)], inUse);
  const dated = await withFixDates(
    transaction,
    all.map(({ scan, finding }) => ({ finding, before: before.get(scan)?.facts })),
    now,
  );
  const byScan = Map.groupBy(dated.keys(), (at) => all[at]?.scan);
  return new Map([...changes.keys()].map((scan) => [scan, (byScan.get(scan) ?? []).flatMap((at) => dated[at] ?? [])]));
}

async function keepChanges(
  transaction: Transaction,
  news: readonly { readonly scan: ScanId; readonly version: number; readonly change: FactsChange }[],
): Promise<void> {
  if (news.length === 0) return;
  await transaction
    .query(policySchema)
    .insertInto('facts_change')
    .values(news.map((row) => ({ ...row, change: JSON.stringify(row.change) })))
    .execute();
}

/** Notes by which matching facts stand now. Packages with findings are listed anew only where they are others. */
async function noteMatches(
  transaction: Transaction,
  changed: readonly ChangedFacts[],
  changes: ReadonlyMap<ScanId, MatchChange>,
): Promise<void> {
  const rows = changed.map(({ scan, key, database, facts }) => {
    const { version = 0, components = [] } = changes.get(scan) ?? {};
    return { scan, key, database, version, ...listedAnew(components, facts.findings) };
  });
  await sql`
    update policy.facts as kept set key = now.key, database = now.database, match_version = now.version,
      components = case when kept.components @> now.came and not kept.components && now.went then kept.components
        else array(select unnest(kept.components) except select unnest(now.went) union select unnest(now.came)) end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as now (scan uuid, key text, database text, version int, came text[], went text[])
    where kept.scan = now.scan`.execute(transaction.query(policySchema));
}

/** Of these components, which have findings and which have none. One package may lie in several layers. */
function listedAnew(components: readonly ComponentName[], findings: readonly PolicyFinding[]) {
  const asked = new Map(
    components.map(({ type, package: name, installed }) => {
      return [`${type} ${name} ${installed}`, componentKey({ type, name, version: installed })] as const;
    }),
  );
  const present = new Set(
    findings.map(({ type, package: name, installed }) => asked.get(`${type} ${name} ${installed}`)),
  );
  const keys = [...asked.values()];
  return { came: keys.filter((key) => present.has(key)), went: keys.filter((key) => !present.has(key)) };
}
