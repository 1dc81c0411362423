import { type Selectable, sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import { packJson, type Transaction } from '#store/index.ts';
import { type MatchChange, readMatchChanges } from '#vulnerability/console/index.ts';
import type { JudgedFinding } from '../facts.ts';
import { changedForm, fromForm, usedComponents } from './facts-form.ts';
import { withFixDates } from './fix-dates.ts';
import { type PolicyTables, policySchema } from './schema.ts';
import {
  agedAs,
  componentKey,
  type DatabaseInUse,
  factsFormat,
  factsKey,
  slim,
  type StoredFacts,
  unpackForm,
} from './stored-facts.ts';

/** Facts of a scan that follow from those of an earlier matching. */
export interface ChangedFacts extends Omit<StoredFacts, 'published'> {
  readonly scan: ScanId;
}

/**
 * Brings kept facts of scans to what their matching found otherwise since; those of which not all is known are missing
 * in what is given back. The caller holds the locks of the subjects.
 */
export async function changeFacts(
  transaction: Transaction,
  scans: readonly ScanId[],
  { inUse, now }: { readonly inUse: DatabaseInUse | undefined; readonly now: Date },
): Promise<readonly ChangedFacts[]> {
  const rows = await transaction
    .query(policySchema)
    .selectFrom('facts')
    .selectAll()
    .where('scan', '=', sql<ScanId>`any(${scans}::uuid[])`)
    .execute();
  const changes = await readMatchChanges(
    transaction,
    rows.map(({ scan, match_version: since }) => ({ scan, since })),
  );
  const found = await findingsOf(transaction, changes, now);
  const changed = await Promise.all(
    rows.flatMap((row) => {
      const change = changes.get(row.scan);
      return change === undefined ? [] : [changeRow(row, { change, found: found.get(row.scan) ?? [], inUse })];
    }),
  );
  if (changed.length === 0) return [];
  await transaction
    .query(policySchema)
    .insertInto('facts')
    .values(changed.map(({ row }) => row))
    .onConflict((conflict) =>
      conflict.column('scan').doUpdateSet((is) => ({
        key: is.ref('excluded.key'),
        database: is.ref('excluded.database'),
        components: is.ref('excluded.components'),
        facts: is.ref('excluded.facts'),
        match_version: is.ref('excluded.match_version'),
      })),
    )
    .execute();
  return changed.map(({ row: { scan, key, database }, facts }) => ({ scan, key, database, facts }));
}

/** What rules look at in findings of changes; the dates of their fixes are read for all at once. */
async function findingsOf(
  transaction: Transaction,
  changes: ReadonlyMap<ScanId, MatchChange>,
  now: Date,
): Promise<ReadonlyMap<ScanId, readonly JudgedFinding[]>> {
  const all = [...changes].flatMap(([scan, { findings }]) =>
    findings.map((finding) => ({ scan, finding: slim(finding) })),
  );
  const dated = await withFixDates(
    transaction,
    all.map((one) => one.finding),
    now,
  );
  const byScan = Map.groupBy(dated.keys(), (at) => all[at]?.scan);
  return new Map([...changes.keys()].map((scan) => [scan, (byScan.get(scan) ?? []).flatMap((at) => dated[at] ?? [])]));
}

async function changeRow(
  row: Selectable<PolicyTables['facts']>,
  {
    change,
    found,
    inUse,
  }: {
    readonly change: MatchChange;
    readonly found: readonly JudgedFinding[];
    readonly inUse: DatabaseInUse | undefined;
  },
) {
  const form = changedForm(await unpackForm(row.facts), change.components, found);
  const facts = agedAs(inUse, fromForm(form));
  const { findings: _findings, ...rest } = facts;
  const { components, findings } = form;
  const packed = await packJson({ format: factsFormat, facts: { ...rest, components, findings } });
  const named = usedComponents(form).map((one) => ({ type: one.type, name: one.package, version: one.installed }));
  return {
    facts,
    row: {
      ...row,
      published: JSON.stringify(row.published),
      key: factsKey(change),
      database: change.database,
      components: [...new Set(named.map(componentKey))],
      facts: packed,
      match_version: change.version,
    },
  };
}
