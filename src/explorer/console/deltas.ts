import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { EnvironmentDelta } from './save-placements.ts';
import { explorerSchema } from './schema.ts';
import type { StepBounds } from './sum-steps.ts';
import type { ImageNumber } from './tables.ts';

/** Records, for the vulnerabilities of an image, that more or fewer containers run it. */
export async function noteRunning(
  transaction: Transaction,
  image: ImageNumber,
  deltas: readonly EnvironmentDelta[],
): Promise<void> {
  if (deltas.length === 0) return;
  await sql`
    insert into explorer.vulnerability_delta (environment, vulnerability, suppressed, findings, used, images, running, containers)
    select distinct environment, vulnerability, suppressed, 0, 0, 0, delta.running, delta.containers
    from explorer.finding_environment join jsonb_to_recordset(${JSON.stringify(deltas)}::jsonb)
      as delta (environment text, containers int, running int) using (environment)
    where image = ${image}`.execute(transaction.query(explorerSchema));
}

/** Deltas of all writers, added up, as JSON that only goes back to the database. */
interface Deltas {
  readonly json: string;
  /** Whether findings came or went. */
  readonly others: boolean;
  /** The last vulnerability that it is about. */
  readonly last: string;
}

/** Takes the deltas of some vulnerabilities: all of each, since a part alone may not make a valid sum. */
export async function takeDeltas(transaction: Transaction, { after, most }: StepBounds): Promise<Deltas | undefined> {
  const { rows } = await sql<{ json: string | null; others: boolean; last: string | null }>`
    with begun as materialized (
      select vulnerability from explorer.vulnerability_delta where vulnerability > ${after}::uuid order by vulnerability limit ${most}),
    last as materialized (select vulnerability from begun order by vulnerability desc limit 1),
    taken as (
      delete from explorer.vulnerability_delta where vulnerability > ${after}::uuid and vulnerability <= (select vulnerability from last) returning *),
    by_key as (
      select environment, vulnerability, suppressed, key, sum(findings) as findings, sum(used) as used, sum(images) as images,
        sum(running) as running, sum(containers) as containers
      from taken group by environment, vulnerability, suppressed, key),
    summed as (
      select environment, vulnerability, suppressed, case when findings <> 0 then key end as key, sum(findings) as findings,
        sum(used) as used, sum(images) as images, sum(running) as running, sum(containers) as containers,
        bool_or(key is not null) as scored
      from by_key group by environment, vulnerability, suppressed, case when findings <> 0 then key end)
    select json_agg(summed)::text as json, coalesce(bool_or(findings <> 0), false) as others,
      (select vulnerability from last) as last
    from summed`.execute(transaction.query(explorerSchema));
  const { json = null, others = false, last = null } = rows[0] ?? {};
  return json === null || last === null ? undefined : { json, others, last };
}

/** Adds deltas to the sums. */
export async function applyDeltas(
  transaction: Transaction,
  { json, others }: Pick<Deltas, 'json' | 'others'>,
): Promise<void> {
  const noted = sql`json_to_recordset(${json}::json) as noted (environment text, vulnerability uuid, suppressed boolean, key uuid,
    findings int, used int, images int, running int, containers int, scored boolean)`;
  if (others) await applyToFindings(transaction, noted);
  await applyToSums(transaction, noted);
}

async function applyToFindings(transaction: Transaction, noted: RawBuilder<unknown>): Promise<void> {
  await sql`
    merge into explorer.vulnerability_finding as kept using (select * from ${noted} where findings <> 0) as delta
    on kept.vulnerability = delta.vulnerability and kept.environment = delta.environment and kept.suppressed = delta.suppressed and kept.key = delta.key
    when matched and kept.images + delta.findings = 0 then delete
    when matched then update set images = kept.images + delta.findings
    when not matched then insert values (delta.vulnerability, delta.environment, delta.suppressed, delta.key, delta.findings)`.execute(
    transaction.query(explorerSchema),
  );
}

/** The highest risk is the first of its index; versions and scores come from the few different findings. */
async function applyToSums(transaction: Transaction, noted: RawBuilder<unknown>): Promise<void> {
  await sql`
    with noted as materialized (
      select environment, vulnerability, suppressed, sum(findings)::int as findings, sum(used)::int as used, sum(images)::int as images,
        sum(running)::int as running, sum(containers)::int as containers, bool_or(scored) as scored,
        bool_or(findings <> 0) as others
      from ${noted} group by environment, vulnerability, suppressed)
    merge into explorer.vulnerability as kept using (
      select noted.*, worst.risk, described.* from noted
        left join lateral (
          select risk from explorer.finding_environment as held where noted.scored and held.vulnerability = noted.vulnerability
            and held.environment = noted.environment and held.suppressed = noted.suppressed order by risk desc limit 1) as worst on true
        left join lateral (
          select ${describedColumns} from explorer.vulnerability_finding as held join explorer.finding using (key)
          where noted.others and held.vulnerability = noted.vulnerability and held.environment = noted.environment
            and held.suppressed = noted.suppressed) as described on true) as delta
    on kept.vulnerability = delta.vulnerability and kept.environment = delta.environment and kept.suppressed = delta.suppressed
    when matched and kept.images + delta.images = 0 then delete
    when matched and delta.others then update set ${changedColumns}, severity = delta.severity, score = delta.score,
      epss = delta.epss, kev = delta.kev, fixable = delta.fixes <> '{}', fixes = delta.fixes, installed = delta.installed
    when matched and (delta.used, delta.running, delta.containers, coalesce(delta.risk, kept.risk))
      is distinct from (0, 0, 0, kept.risk) then update set ${changedColumns}
    when not matched and delta.images > 0 then insert (environment, vulnerability, suppressed, id, package, type, severity, score, risk,
      epss, kev, fixable, fixes, installed, images, findings, running, containers, used)
      values (delta.environment, delta.vulnerability, delta.suppressed, delta.id, delta.package, delta.type, delta.severity, delta.score,
        delta.risk, delta.epss, delta.kev, delta.fixes <> '{}', delta.fixes, delta.installed, delta.images, delta.findings,
        delta.running, delta.containers, delta.used)`.execute(transaction.query(explorerSchema));
}

const changedColumns = sql`images = kept.images + delta.images, findings = kept.findings + delta.findings,
  used = kept.used + delta.used, running = kept.running + delta.running, containers = kept.containers + delta.containers,
  risk = coalesce(delta.risk, kept.risk)`;

/** Versions that a sum names; one more than is shown, to tell that there are others. */
const versionsKept = 21;

/** What the different findings of a vulnerability say of it, over rows of `finding`. */
export const describedColumns = sql`min(id) as id, min(package) as package, min(type) as type, min(finding.severity) as severity,
  max(score) as score, max(epss) as epss, bool_or(finding.kev) as kev,
  coalesce((array_agg(distinct fixed) filter (where fixed is not null))[1:${sql.lit(versionsKept)}], '{}') as fixes,
  (array_agg(distinct installed))[1:${sql.lit(versionsKept)}] as installed`;
