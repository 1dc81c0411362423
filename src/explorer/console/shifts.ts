import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { PlaceShift } from './save-places.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber } from './tables.ts';

/** Notes for the flaws that an image has that more or fewer containers run it. */
export async function shiftFlaws(
  transaction: Transaction,
  image: ImageNumber,
  shifts: readonly PlaceShift[],
): Promise<void> {
  if (shifts.length === 0) return;
  await sql`
    insert into explorer.flaw_shift (place, flaw, suppressed, findings, used, images, running, containers)
    select distinct place, flaw, suppressed, 0, 0, 0, shift.running, shift.containers
    from explorer.finding_place join jsonb_to_recordset(${JSON.stringify(shifts)}::jsonb)
      as shift (place text, containers int, running int) using (place)
    where image = ${image}`.execute(transaction.query(explorerSchema));
}

/** Takes the notes of everyone who wrote; a text, since it only goes back to the database. */
export async function takeShifts(transaction: Transaction): Promise<string | undefined> {
  const { rows } = await sql<{ shifts: string | null }>`
    with taken as (delete from explorer.flaw_shift returning *),
    summed as (
      select place, flaw, suppressed, key, sum(findings) as findings, sum(used) as used, sum(images) as images,
        sum(running) as running, sum(containers) as containers
      from taken group by place, flaw, suppressed, key)
    select jsonb_agg(summed)::text as shifts from summed`.execute(transaction.query(explorerSchema));
  return rows[0]?.shifts ?? undefined;
}

/** Brings these notes to the sums. The highest risk is the first of its index; versions come from the few different findings. */
export async function applyShifts(transaction: Transaction, shifts: string): Promise<void> {
  const database = transaction.query(explorerSchema);
  const noted = sql`jsonb_to_recordset(${shifts}::jsonb) as noted (place text, flaw uuid, suppressed boolean, key uuid,
    findings int, used int, images int, running int, containers int)`;
  await sql`
    merge into explorer.flaw_finding as kept using (select * from ${noted} where findings <> 0) as shift
    on kept.flaw = shift.flaw and kept.place = shift.place and kept.suppressed = shift.suppressed and kept.key = shift.key
    when matched and kept.images + shift.findings = 0 then delete
    when matched then update set images = kept.images + shift.findings
    when not matched then insert values (shift.flaw, shift.place, shift.suppressed, shift.key, shift.findings)`.execute(
    database,
  );
  await sql`
    with noted as (
      select place, flaw, suppressed, sum(findings)::int as findings, sum(used)::int as used, sum(images)::int as images,
        sum(running)::int as running, sum(containers)::int as containers, bool_or(key is not null) as weighed,
        bool_or(findings <> 0) as others
      from ${noted} group by place, flaw, suppressed)
    merge into explorer.flaw as kept using (
      select noted.*, worst.risk, told.* from noted
        left join lateral (
          select risk from explorer.finding_place as held where held.flaw = noted.flaw and held.place = noted.place
            and held.suppressed = noted.suppressed order by risk desc limit 1) as worst on noted.weighed
        left join lateral (
          select ${toldColumns} from explorer.flaw_finding as held join explorer.finding using (key)
          where held.flaw = noted.flaw and held.place = noted.place and held.suppressed = noted.suppressed) as told
          on noted.others) as shift
    on kept.flaw = shift.flaw and kept.place = shift.place and kept.suppressed = shift.suppressed
    when matched and kept.images + shift.images = 0 then delete
    when matched and shift.others then update set ${shiftedColumns}, severity = shift.severity, score = shift.score,
      epss = shift.epss, kev = shift.kev, fixable = shift.fixes <> '{}', fixes = shift.fixes, installed = shift.installed
    when matched and (shift.used, shift.running, shift.containers, coalesce(shift.risk, kept.risk))
      is distinct from (0, 0, 0, kept.risk) then update set ${shiftedColumns}
    when not matched and shift.images > 0 then insert (place, flaw, suppressed, id, package, type, severity, score, risk,
      epss, kev, fixable, fixes, installed, images, findings, running, containers, used)
      values (shift.place, shift.flaw, shift.suppressed, shift.id, shift.package, shift.type, shift.severity, shift.score,
        shift.risk, shift.epss, shift.kev, shift.fixes <> '{}', shift.fixes, shift.installed, shift.images, shift.findings,
        shift.running, shift.containers, shift.used)`.execute(database);
}

const shiftedColumns = sql`images = kept.images + shift.images, findings = kept.findings + shift.findings,
  used = kept.used + shift.used, running = kept.running + shift.running, containers = kept.containers + shift.containers,
  risk = coalesce(shift.risk, kept.risk)`;

/** Versions that a sum names; one more than is shown, to tell that there are others. */
const versionsKept = 21;

/** What the different findings of a flaw say of it, over rows of `finding`. */
export const toldColumns = sql`min(id) as id, min(package) as package, min(type) as type, min(finding.severity) as severity,
  max(score) as score, max(epss) as epss, bool_or(finding.kev) as kev,
  coalesce((array_agg(distinct fixed) filter (where fixed is not null))[1:${sql.lit(versionsKept)}], '{}') as fixes,
  (array_agg(distinct installed))[1:${sql.lit(versionsKept)}] as installed`;
