import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { EnvironmentShift } from './save-placements.ts';
import { explorerSchema } from './schema.ts';
import type { StepBounds } from './sum-steps.ts';
import type { ImageNumber } from './tables.ts';

/** Notes for the vulnerabilities that an image has that more or fewer containers run it. */
export async function shiftVulnerabilities(
  transaction: Transaction,
  image: ImageNumber,
  shifts: readonly EnvironmentShift[],
): Promise<void> {
  if (shifts.length === 0) return;
  await sql`
    insert into explorer.vulnerability_shift (environment, vulnerability, suppressed, findings, used, images, running, containers)
    select distinct environment, vulnerability, suppressed, 0, 0, 0, shift.running, shift.containers
    from explorer.finding_environment join jsonb_to_recordset(${JSON.stringify(shifts)}::jsonb)
      as shift (environment text, containers int, running int) using (environment)
    where image = ${image}`.execute(transaction.query(explorerSchema));
}

/** Notes of everyone who wrote, added up, as the JSON that only goes back to the database. */
interface Shifts {
  readonly json: string;
  /** Whether findings came or went. */
  readonly others: boolean;
  /** The last vulnerability that it is about. */
  readonly last: string;
}

/** Takes the notes of some vulnerabilities; of each all that there are, since one alone may not make a sum. */
export async function takeShifts(transaction: Transaction, { after, most }: StepBounds): Promise<Shifts | undefined> {
  const { rows } = await sql<{ json: string | null; others: boolean; last: string | null }>`
    with begun as materialized (
      select vulnerability from explorer.vulnerability_shift where vulnerability > ${after}::uuid order by vulnerability limit ${most}),
    last as materialized (select vulnerability from begun order by vulnerability desc limit 1),
    taken as (
      delete from explorer.vulnerability_shift where vulnerability > ${after}::uuid and vulnerability <= (select vulnerability from last) returning *),
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

/** Brings notes to the sums. */
export async function applyShifts(
  transaction: Transaction,
  { json, others }: Pick<Shifts, 'json' | 'others'>,
): Promise<void> {
  const noted = sql`json_to_recordset(${json}::json) as noted (environment text, vulnerability uuid, suppressed boolean, key uuid,
    findings int, used int, images int, running int, containers int, scored boolean)`;
  if (others) await shiftFindings(transaction, noted);
  await shiftSums(transaction, noted);
}

async function shiftFindings(transaction: Transaction, noted: RawBuilder<unknown>): Promise<void> {
  await sql`
    merge into explorer.vulnerability_finding as kept using (select * from ${noted} where findings <> 0) as shift
    on kept.vulnerability = shift.vulnerability and kept.environment = shift.environment and kept.suppressed = shift.suppressed and kept.key = shift.key
    when matched and kept.images + shift.findings = 0 then delete
    when matched then update set images = kept.images + shift.findings
    when not matched then insert values (shift.vulnerability, shift.environment, shift.suppressed, shift.key, shift.findings)`.execute(
    transaction.query(explorerSchema),
  );
}

/** The highest risk is the first of its index; versions and scores come from the few different findings. */
async function shiftSums(transaction: Transaction, noted: RawBuilder<unknown>): Promise<void> {
  await sql`
    with noted as materialized (
      select environment, vulnerability, suppressed, sum(findings)::int as findings, sum(used)::int as used, sum(images)::int as images,
        sum(running)::int as running, sum(containers)::int as containers, bool_or(scored) as scored,
        bool_or(findings <> 0) as others
      from ${noted} group by environment, vulnerability, suppressed)
    merge into explorer.vulnerability as kept using (
      select noted.*, worst.risk, told.* from noted
        left join lateral (
          select risk from explorer.finding_environment as held where noted.scored and held.vulnerability = noted.vulnerability
            and held.environment = noted.environment and held.suppressed = noted.suppressed order by risk desc limit 1) as worst on true
        left join lateral (
          select ${toldColumns} from explorer.vulnerability_finding as held join explorer.finding using (key)
          where noted.others and held.vulnerability = noted.vulnerability and held.environment = noted.environment
            and held.suppressed = noted.suppressed) as told on true) as shift
    on kept.vulnerability = shift.vulnerability and kept.environment = shift.environment and kept.suppressed = shift.suppressed
    when matched and kept.images + shift.images = 0 then delete
    when matched and shift.others then update set ${shiftedColumns}, severity = shift.severity, score = shift.score,
      epss = shift.epss, kev = shift.kev, fixable = shift.fixes <> '{}', fixes = shift.fixes, installed = shift.installed
    when matched and (shift.used, shift.running, shift.containers, coalesce(shift.risk, kept.risk))
      is distinct from (0, 0, 0, kept.risk) then update set ${shiftedColumns}
    when not matched and shift.images > 0 then insert (environment, vulnerability, suppressed, id, package, type, severity, score, risk,
      epss, kev, fixable, fixes, installed, images, findings, running, containers, used)
      values (shift.environment, shift.vulnerability, shift.suppressed, shift.id, shift.package, shift.type, shift.severity, shift.score,
        shift.risk, shift.epss, shift.kev, shift.fixes <> '{}', shift.fixes, shift.installed, shift.images, shift.findings,
        shift.running, shift.containers, shift.used)`.execute(transaction.query(explorerSchema));
}

const shiftedColumns = sql`images = kept.images + shift.images, findings = kept.findings + shift.findings,
  used = kept.used + shift.used, running = kept.running + shift.running, containers = kept.containers + shift.containers,
  risk = coalesce(shift.risk, kept.risk)`;

/** Versions that a sum names; one more than is shown, to tell that there are others. */
const versionsKept = 21;

/** What the different findings of a vulnerability say of it, over rows of `finding`. */
export const toldColumns = sql`min(id) as id, min(package) as package, min(type) as type, min(finding.severity) as severity,
  max(score) as score, max(epss) as epss, bool_or(finding.kev) as kev,
  coalesce((array_agg(distinct fixed) filter (where fixed is not null))[1:${sql.lit(versionsKept)}], '{}') as fixes,
  (array_agg(distinct installed))[1:${sql.lit(versionsKept)}] as installed`;
