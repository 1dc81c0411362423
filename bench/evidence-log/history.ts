import { loadavg } from 'node:os';
import { sql } from 'kysely';
import { complianceSchema, type createEvidenceLog } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import { checks } from '#compliance/index.ts';
import type { Store } from '#store/index.ts';
import { makeMonths } from '../../src/compliance/console/log/months.ts';
import { statusId } from '../../src/compliance/console/transitions.ts';
import { answerPrefix } from '../../src/explorer/evidence/answer.ts';
import { controlTemplates } from '../../src/explorer/evidence/templates.ts';

/** An estate whose subjects change in turn for a year: checks say something of each, and so do other domains. */
export const estate = {
  hosts: 200,
  images: 2000,
  containers: 10_000,
  /** Distinct ways to stand by checks, and by what other domains answer. */
  configurations: 400,
  answers: 40,
  applications: 50,
} as const;
const subjects = estate.hosts + estate.images + estate.containers;
/** What checks and what other domains say of a subject are histories of their own. */
export const histories = 2 * subjects;

/** Of the year. */
export const rows = 1_000_000;
/** Rows of one statement. */
const together = 50_000;
export const begin = new Date('2026-01-01T00:00:00Z');
export const year = 365 * 24 * 60 * 60_000;

/** Of each forty rows one was told of this much later: its host was away. */
const late = '20 hours';

const answers = controlTemplates.flatMap(({ controls }) =>
  controls.flatMap(({ questions }) =>
    questions.flatMap(({ by }) => (by.kind === 'product' ? `${answerPrefix}${by.answer}` : [])),
  ),
);

/** What is asked of each kind, by which rows name it. */
const asked = {
  host: checks.host.map(({ id }) => id),
  image: checks.image.map(({ id }) => id),
  container: checks.container.map(({ id }) => id),
  answers: [...new Set(answers)],
} as const;

/** What filling took, in seconds, and the load of the machine at its end. */
interface Filled {
  readonly writing: number;
  readonly sealing: number;
  readonly load: number;
}

/** A year of changes, sealed as they come. */
export async function fill(store: Store, log: ReturnType<typeof createEvidenceLog>): Promise<Filled> {
  await insertStatuses(store);
  for (let month = 0; month <= 12; month += 3)
    await store.transaction(
      async (transaction) => await makeMonths(transaction, new Date(Date.UTC(begin.getUTCFullYear(), month, 1))),
    );
  let [writing, sealing] = [0, 0];
  for (let from = 0; from < rows; from += together) {
    const start = performance.now();
    await insertRows(store, from, Math.min(from + together, rows));
    const written = performance.now();
    await sql`analyze compliance.transition`.execute(store.query(complianceSchema));
    const analyzed = performance.now();
    while ((await log.sealNow()) > 0);
    await log.seal();
    writing += (written - start) / 1000;
    sealing += (performance.now() - analyzed) / 1000;
    console.error(`${from + together} rows: ${writing.toFixed(0)} s written, ${sealing.toFixed(0)} s sealed`);
  }
  await sql`vacuum analyze compliance.transition`.execute(store.query(complianceSchema));
  return { writing, sealing, load: loadavg()[0] ?? 0 };
}

/** Ids of ways to stand, by kind and number: `host 17`. */
const statusIds = new Map<string, string>();

/** Each way is kept by the hash of what it says, which is verified with the rows that name it. */
async function insertStatuses(store: Store): Promise<void> {
  const statuses = Object.entries(asked).flatMap(([kind, ids]) =>
    Array.from({ length: estate.configurations }, (_, way) => {
      const states = Object.fromEntries(
        ids.map((id, at) => {
          const state: CheckState = (at * 7 + way) % 23 === 0 ? 'fail' : 'pass';
          return [id, { state, version: 1 + way }];
        }),
      );
      statusIds.set(`${kind} ${way}`, statusId(states));
      return { id: statusId(states), states };
    }),
  );
  await sql`
    insert into compliance.status (id, states) select id, states
    from json_to_recordset(${JSON.stringify(statuses)}::json) as made (id text, states json)
    on conflict do nothing`.execute(store.query(complianceSchema));
}

/** Rows from one number of the year to another. */
async function insertRows(store: Store, from: number, to: number): Promise<void> {
  await sql`
    insert into compliance.transition (observed_at, received_at, source, host, kind, id, name, application, environment,
      change, check_id, from_state, to_state, status, facts, silent)
    select told - case when at % 40 = 0 then ${late}::interval else interval '1 second' end, told, source,
      case kind when 'image' then '-' else 'host-' || subject % ${estate.hosts} end, kind,
      encode(sha256(subject::text::bytea), 'hex'), kind || '-' || subject, 'application-' || subject % ${estate.applications},
      (array['prod', 'test', 'dev'])[1 + subject % 3], case when is_first then 'first' else 'changed' end,
      case when not is_first then ids[1 + at % array_length(ids, 1)] end, case when not is_first then 'pass' end,
      case when not is_first then 'fail' end,
      ${JSON.stringify(Object.fromEntries(statusIds))}::jsonb ->> (case source when 'answers' then source else kind end || ' ' ||
        (subject + at / ${histories}::int) % case source when 'answers' then ${estate.answers}::int else ${estate.configurations}::int end),
      encode(sha256((at % ${estate.configurations})::text::bytea), 'hex'), false
    from generate_series(${from}::int, ${to - 1}::int) as at
    cross join lateral (select at % ${subjects} as subject, at < ${histories} as is_first,
      case when at % ${histories} < ${subjects} then 'checks' else 'answers' end as source,
      ${begin}::timestamptz + make_interval(secs => at * ${year / 1000 / rows}::float8) as told) as one
    cross join lateral (select case when subject < ${estate.hosts} then 'host'
      when subject < ${estate.hosts + estate.images} then 'image' else 'container' end as kind) as what
    cross join lateral (select case when source = 'answers' then ${[...asked.answers]}::text[]
      when kind = 'host' then ${[...asked.host]}::text[] when kind = 'image' then ${[...asked.image]}::text[]
      else ${[...asked.container]}::text[] end as ids) as named`.execute(store.query(complianceSchema));
}
