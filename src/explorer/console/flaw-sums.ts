import { sql } from 'kysely';
import type { PackageType } from '#catalog/index.ts';
import type { Transaction } from '#store/index.ts';
import { storableJson } from './search.ts';
import { explorerSchema } from './schema.ts';

/** What a flaw is known by over all subjects. */
export interface FlawKey {
  readonly id: string;
  readonly package: string;
  readonly type: PackageType;
}

/**
 * Sums the findings of these flaws up anew. Needs `explorerLock`: two sums over rows that the other has not yet
 * committed would both be wrong. `fixes` and `installed` keep the first 20 versions, and one more shows that there are others.
 */
export async function sumFlaws(transaction: Transaction, keys: readonly FlawKey[]): Promise<void> {
  if (keys.length === 0) return;
  const text = storableJson(keys);
  const database = transaction.query(explorerSchema);
  await sql`
    delete from explorer.flaw using jsonb_to_recordset(${text}::jsonb) as touched (id text, package text, type text)
    where flaw.id = touched.id and flaw.package = touched.package and flaw.type = touched.type
      and not exists (select from explorer.finding_row as kept where kept.id = flaw.id and kept.package = flaw.package
        and kept.type = flaw.type and kept.suppressed = flaw.suppressed)`.execute(database);
  await sql`
    insert into explorer.flaw as kept (id, package, type, suppressed, severity, score, risk, epss, kev,
      fixes, installed, images, findings, search)
    select id, package, type, suppressed, min(severity), max(score), max(risk), max(epss), bool_or(kev),
      coalesce((array_agg(distinct fixed) filter (where fixed is not null))[1:21], '{}'),
      (array_agg(distinct installed))[1:21],
      count(distinct subject), count(*), string_agg(distinct search, E'\n')
    from explorer.finding_row
      join jsonb_to_recordset(${text}::jsonb) as touched (id text, package text, type text) using (id, package, type)
    group by id, package, type, suppressed
    on conflict (id, package, type, suppressed) do update set severity = excluded.severity, score = excluded.score,
      risk = excluded.risk, epss = excluded.epss, kev = excluded.kev, fixes = excluded.fixes,
      installed = excluded.installed, images = excluded.images, findings = excluded.findings, search = excluded.search
    where kept is distinct from excluded`.execute(database);
}
