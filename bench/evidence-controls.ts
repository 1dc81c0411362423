/**
 * How long controls take over 200 hosts, 10,000 containers in 400 configurations, 2,000 images and a year of history with
 * a million changes: the first page of the Compliance Explorer, the page of a control and its subjects for 10 users who
 * ask again and again, now and as of a day, what changed in a month, and what one look at everything and at one host
 * costs. The peers are what each may take; beside them stands what this machine needs to read as much at all.
 */
import { loadavg } from 'node:os';
import { sql } from 'kysely';
import { accessSchema } from '#access/console/index.ts';
import { admissionSchema } from '#admission/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { complianceSchema, createEvidenceLog } from '#compliance/console/index.ts';
import { checks } from '#compliance/index.ts';
import { createExplorer, explorerSchema } from '#explorer/console/index.ts';
import { getControl, getTemplateEvidence, listEvidenceChanges, listSubjectsOfControl } from '#explorer/contract.ts';
import { gateSchema } from '#gate/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { policySchema } from '#policy/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import { createRuntime, runtimeSchema } from '#runtime/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { makeMonths } from '../src/compliance/console/log/months.ts';

const [hosts, containers, configurations, images, applications] = [200, 10_000, 400, 2000, 50];
const [users, asksEach, days, changes] = [10, 15, 365, 1_000_000];
/** Milliseconds that each may take. */
const limits = { template: 300, control: 1000, subjects: 1000, changes: 1000, host: 1000, all: 30_000 };
const now = new Date();
const dayLength = 86_400_000;

const params = { template: 'nist-800-190' };
const pages = ['template', 'control', 'subjects', 'changes'] as const;

const store = await createTestStore([
  accessSchema,
  linkSchema,
  inventorySchema,
  catalogSchema,
  vulnerabilitySchema,
  provenanceSchema,
  complianceSchema,
  policySchema,
  admissionSchema,
  gateSchema,
  runtimeSchema,
  explorerSchema,
]);
try {
  await createRuntime({ store, clock: () => now, bucketSeconds: 3600 });
  await fillInventory(store);
  await fillResults(store);
  await fillHistory(store);
  await sql`analyze`.execute(store.query(linkSchema));
  const explorer = createExplorer({ store, clock: () => now });
  await measureLooks(explorer);
  await fillDays(store);
  await measurePages(explorer);
  await measureMachine(store);
  console.log(`evidence-controls load=${loadavg()[0]?.toFixed(1)}`);
} finally {
  await store.close();
}

type Explorer = ReturnType<typeof createExplorer>;

async function measureLooks(explorer: Explorer): Promise<void> {
  print('evidence-first-look', await milliseconds(() => explorer.refreshEvidence()), limits.all);
  print('evidence-look-again', await milliseconds(() => explorer.refreshEvidence()), limits.all);
  const ofHost: number[] = [];
  for (let at = 0; at < 20; at += 1)
    ofHost.push(
      await milliseconds(async () => {
        await explorer.noteEvidence([`host-${at}`]);
        await explorer.watchEvidence();
      }),
    );
  print('evidence-look-at-host-p95', p95(ofHost), limits.host);
}

/** What one of the users asks; a third each looks at everything, at an environment and at an application. */
async function ask(explorer: Explorer, what: (typeof pages)[number], { user, part, at }: Asking): Promise<unknown> {
  const principal = userNamed(`user-${user}`, ['read'], part === 'whole' ? undefined : [`prod-${user}`]);
  const scope = {
    ...(user % 3 === 1 && { environment: 'prod' as const }),
    ...(user % 3 === 2 && { application: `app-${user}` }),
  };
  const query = { ...scope, ...(at !== undefined && { at: at.toISOString() }) };
  const control = { ...params, control: '4.4.3' };
  const { routes } = explorer;
  switch (what) {
    case 'template':
      return await answerOf(routes, { endpoint: getTemplateEvidence, input: { params, query }, principal });
    case 'control':
      return await answerOf(routes, { endpoint: getControl, input: { params: control, query }, principal });
    case 'subjects':
      return await answerOf(routes, { endpoint: listSubjectsOfControl, input: { params: control, query }, principal });
    case 'changes': {
      const to = at ?? now;
      const from = new Date(to.getTime() - 30 * dayLength);
      const span = { ...scope, from: from.toISOString(), to: to.toISOString() };
      return await answerOf(routes, { endpoint: listEvidenceChanges, input: { params, query: span }, principal });
    }
  }
}

interface Asking {
  readonly user: number;
  readonly part: 'whole' | 'part';
  readonly at?: Date | undefined;
}

/** Each user has collections of his own: nobody shares a reading with another. */
async function measurePages(explorer: Explorer): Promise<void> {
  for (let user = 0; user < users; user += 1) {
    const selects = JSON.stringify({ environments: ['prod'], hosts: ['host-*', `rack-${user}`] });
    await sql`insert into access.collection values (${`prod-${user}`}, 'prod', '', ${selects}, null)`.execute(
      store.query(accessSchema),
    );
  }
  for (const part of ['whole', 'part'] as const)
    for (const what of pages) {
      const asks = what === 'changes' ? 2 : asksEach;
      const times = await timesOfUsers(asks, async (user) => await ask(explorer, what, { user, part }));
      print(`evidence-${what}-${part}-p95-of-${users}-users`, p95(times), limits[what]);
    }
  for (const what of pages) {
    const times: number[] = [];
    for (let at = 1; at <= 7; at += 1) {
      const day = new Date(now.getTime() - (at * days * dayLength) / 8);
      times.push(await milliseconds(async () => await ask(explorer, what, { user: at, part: 'whole', at: day })));
    }
    print(`evidence-${what}-on-a-day-max`, Math.max(...times), limits[what === 'template' ? 'control' : what]);
  }
  const day = new Date(now.getTime() - 100 * dayLength);
  const times = await timesOfUsers(
    2,
    async (user) => await ask(explorer, 'subjects', { user, part: 'whole', at: day }),
  );
  print(`evidence-subjects-on-a-day-p95-of-${users}-users`, p95(times), limits.subjects);
}

async function timesOfUsers(asks: number, work: (user: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: users }, async (_, user) => {
      for (let at = 0; at < asks; at += 1) times.push(await milliseconds(async () => JSON.stringify(await work(user))));
    }),
  );
  return times;
}

/** What the same rows take at the least: all of them read once, and ten questions at once that ask nothing. */
async function measureMachine(opened: Store): Promise<void> {
  const database = opened.query(explorerSchema);
  const history = await milliseconds(() => sql`select sum(length(id)) from compliance.transition`.execute(database));
  const subjects = await milliseconds(() => sql`select * from explorer.evidence_subject`.execute(database));
  const trips = await timesOfUsers(asksEach, async () => await sql`select 1`.execute(database));
  console.log(
    `evidence-machine history-read-once=${history.toFixed(0)}ms subjects-read-once=${subjects.toFixed(0)}ms round-trip-p95-of-${users}-users=${p95(trips).toFixed(0)}ms`,
  );
  const { rows } = await sql<{ table: string; rows: number; size: string }>`
    select relname as table, n_live_tup::int as rows, pg_size_pretty(pg_total_relation_size(relid)) as size
    from pg_stat_user_tables where schemaname = 'explorer' and (relname like 'evidence%' or relname = 'control_day')
    order by 1`.execute(database);
  console.log(`evidence-tables ${rows.map(({ table, rows: count, size }) => `${table}=${count}/${size}`).join(' ')}`);
}

/** A year in which all stood each day as it stands today. */
async function fillDays(into: Store): Promise<void> {
  await sql`
    insert into explorer.control_day (template, control, environment, application, day, state, rate, coverage)
    select template, control, environment, application, day - before, state, rate, coverage
    from explorer.control_day cross join generate_series(1, ${days}::int) as before`.execute(
    into.query(explorerSchema),
  );
  await sql`vacuum analyze explorer.control_day`.execute(into.query(explorerSchema));
}

/** A year of changes of all subjects of checks in turn. Each host falls silent and is heard of again each quarter. */
async function fillHistory(into: Store): Promise<void> {
  const begin = new Date(now.getTime() - days * dayLength);
  for (let month = 0; month <= 12; month += 3) {
    const from = new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + month, 1));
    await into.transaction(async (transaction) => await makeMonths(transaction, from));
  }
  const database = into.query(complianceSchema);
  const columns = sql`compliance.transition (observed_at, received_at, host, kind, id, name, application, environment,
    change, check_id, from_state, to_state, status, facts, silent)`;
  const { rows: indexes } = await sql<{ name: string; text: string }>`
    select indexname as name, indexdef as text from pg_indexes
    where schemaname = 'compliance' and tablename = 'transition' and indexname <> 'transition_pkey'`.execute(database);
  // Made once at the end: row by row they take minutes.
  for (const { name } of indexes) await sql`drop index compliance.${sql.ref(name)}`.execute(database);
  const ids = Object.fromEntries(Object.entries(checks).map(([kind, own]) => [kind, own.map(({ id }) => id)]));
  await sql`
    with numbered as materialized (
      select row_number() over () - 1 as number, count(*) over () as all_of_them, subject.host, subject.kind, subject.id,
        subject.name, application, environment, facts, split_part(facts, ' ', 2)::int as variant,
        case kind when 'container' then ${configurations}::int when 'image' then 300 when 'host' then 60 else 20 end as ways
      from compliance.subject
      left join inventory.container on container.host = subject.host and container.id = subject.id)
    insert into ${columns}
    select told, told + interval '1 second', host, kind, id, name, application, environment,
      case when at < all_of_them then 'first' else 'changed' end,
      case when at < all_of_them then null else ${JSON.stringify(ids)}::jsonb -> kind ->> (at % 9)::int end,
      case when at < all_of_them then null else 'pass' end, case when at < all_of_them then null else 'fail' end,
      kind || ' ' || (variant + at / all_of_them) % ways, facts, false
    from generate_series(0, ${changes - 1}::int) as at
    join numbered on number = at % (select count(*) from numbered)
    cross join lateral (select ${begin}::timestamptz + make_interval(secs => at * ${(days * dayLength) / 1000 / changes}::float8) as told)
    order by at`.execute(database);
  await sql`
    insert into ${columns}
    select told, told, 'host-' || host, 'host', 'self', 'host-' || host, null, null, 'changed', check_id,
      case when ends then 'not-assessed' else 'pass' end, case when ends then 'pass' else 'not-assessed' end,
      'host 1', 'host 1', true
    from generate_series(0, ${hosts - 1}::int) as host cross join generate_series(0, 3) as quarter
    cross join (values (false), (true)) as silence (ends)
    cross join jsonb_array_elements_text(${JSON.stringify(ids['host'] ?? [])}::jsonb) as check_id
    cross join lateral (select ${begin}::timestamptz
      + make_interval(days => 90 * quarter, mins => host, hours => case when ends then 2 else 1 end) as told)`.execute(
    database,
  );
  for (const { text } of indexes) await sql.raw(text.replace(' ON ONLY ', ' ON ')).execute(database);
  await seal(into);
  await sql`vacuum analyze compliance.transition`.execute(database);
}

/** As the console seals it: states of the past are read from snapshots of the log. */
async function seal(into: Store): Promise<void> {
  const masterKey = (): Buffer => Buffer.alloc(32, 'bench');
  const log = createEvidenceLog({ store: into, clock: () => now, masterKey, heldHeads: async () => [] });
  while ((await log.sealNow()) > 0);
  await log.seal();
}

/** Subjects of checks, and how their checks stand. */
async function fillResults(into: Store): Promise<void> {
  const statusOf = (kind: keyof typeof checks, variant: number) =>
    Object.fromEntries(
      checks[kind].map(({ id, version }, at) => {
        const state = (at * 7 + variant) % 23 === 0 ? 'fail' : (at + variant) % 11 === 0 ? 'not-assessed' : 'pass';
        return [id, { state, version }];
      }),
    );
  const statuses = (
    [
      ['container', configurations],
      ['image', 300],
      ['host', 60],
      ['engine', 20],
    ] as const
  ).flatMap(([kind, ways]) =>
    Array.from({ length: ways }, (_, at) => ({ id: `${kind} ${at}`, states: statusOf(kind, at) })),
  );
  const database = into.query(complianceSchema);
  await sql`
    insert into compliance.status (id, states) select id, states from json_to_recordset(${JSON.stringify(statuses)}::json)
      as made (id text, states json)`.execute(database);
  await sql`
    insert into compliance.facts (id, kind, documents, evaluation, seen_at, evaluated_at)
    select id, split_part(id, ' ', 1), '[]', 'bench', ${now}, ${now} from compliance.status`.execute(database);
  const places = [
    [
      'container',
      sql`select host, id, name, 'container ' || row_number() over (order by id) % ${configurations} as facts from inventory.container`,
    ],
    [
      'host',
      sql`select name as host, 'self' as id, name, 'host ' || row_number() over (order by name) % 60 as facts from inventory.host`,
    ],
    [
      'engine',
      sql`select name as host, 'self' as id, name, 'engine ' || row_number() over (order by name) % 20 as facts from inventory.host`,
    ],
    [
      'image',
      sql`select '-' as host, subject as id, min(names[1]) as name, 'image ' || row_number() over (order by subject) % 300 as facts from inventory.image group by subject`,
    ],
  ] as const;
  for (const [kind, from] of places) {
    await sql`
      insert into compliance.subject (host, kind, id, name, facts, size, since, reported_at, reported_by)
      select host, ${kind}, id, name, facts, 100, ${now}, ${now}, 'bench' from (${from}) made`.execute(database);
  }
  await sql`
    insert into compliance.stands (host, kind, id, name, status, facts, silent, terms)
    select host, kind, id, name, facts, facts, false, 'bench' from compliance.subject`.execute(database);
}

/** Hosts with what lies and runs there. */
async function fillInventory(into: Store): Promise<void> {
  const link = into.query(linkSchema);
  await sql`
    insert into link.agent (id, name, host, instance, version, environment, environments, state, joined_at, join_token,
      seen_at, fingerprint, not_after)
    select md5('agent ' || at)::uuid, 'host-' || at, 'host-' || at, 'default', '1', (array['prod', 'test', 'dev'])[1 + at % 3],
      array[(array['prod', 'test', 'dev'])[1 + at % 3]], 'live', ${now}, 'rack', ${now}, 'print ' || at,
      ${now}::timestamptz + interval '90 days'
    from generate_series(0, ${hosts - 1}::int) as at`.execute(link);
  await sql`
    insert into inventory.host (name, agent, environment, environment_from, stale, agent_environments)
    select name, id, environment, 'agent', false, environments from link.agent`.execute(link);
  await sql`
    insert into inventory.image (host, id, subject, names, repo_digests, reported_by)
    select 'host-' || at % ${hosts}, digest, digest, array['registry.example/app-' || at % ${images}], '{}',
      md5('agent ' || at % ${hosts})::uuid::text
    from (select at, 'sha256:' || encode(sha256(('image ' || at % ${images})::bytea), 'hex') as digest
      from generate_series(0, ${containers - 1}::int) as at) made on conflict do nothing`.execute(link);
  await sql`
    insert into inventory.container (host, id, name, image, image_name, subject, state, environment, application,
      application_from, created_at, first_seen, changed_at, search, labels, fact, reported_by)
    select 'host-' || at % ${hosts}, encode(sha256(('container ' || at)::bytea), 'hex'), 'container-' || at, digest,
      'registry.example/app-' || at % ${images}, digest, 'running', (array['prod', 'test', 'dev'])[1 + (at % ${hosts}) % 3],
      'app-' || at % ${applications}, 'label', ${now}, ${now}, ${now}, '', '{}', '{}', md5('agent ' || at % ${hosts})::uuid::text
    from (select at, 'sha256:' || encode(sha256(('image ' || at % ${images})::bytea), 'hex') as digest
      from generate_series(0, ${containers - 1}::int) as at) made`.execute(link);
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function p95(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN;
}

function print(name: string, ours: number, peer: number): void {
  console.log(`${name} ours=${ours.toFixed(0)}ms peer=${peer}ms ratio=${(ours / peer).toFixed(2)}`);
}
