/**
 * How long controls take over 200 hosts, 10,000 containers in 400 configurations and 2,000 images: the first page of the
 * Compliance Explorer and the page of a control for 10 users who ask again and again, a page of subjects, and what one look
 * at everything and at one host costs. The peers are what each may take.
 */
import { loadavg } from 'node:os';
import { sql } from 'kysely';
import { accessSchema } from '#access/console/index.ts';
import { admissionSchema } from '#admission/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import { checks } from '#compliance/index.ts';
import { createExplorer, explorerSchema } from '#explorer/console/index.ts';
import { getControl, getTemplateEvidence, listSubjectsOfControl } from '#explorer/contract.ts';
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

const [hosts, containers, configurations, images, applications] = [200, 10_000, 400, 2000, 50];
const [users, asksEach] = [10, 15];
/** Milliseconds that each may take; seconds for a look at everything. */
const limits = { page: 300, host: 1000, all: 30 };
const now = new Date();

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
  await fill(store);
  const explorer = createExplorer({ store, clock: () => now });
  print('evidence-first-look', await milliseconds(() => explorer.refreshEvidence()), limits.all * 1000);
  print('evidence-look-again', await milliseconds(() => explorer.refreshEvidence()), limits.all * 1000);
  const ofHost: number[] = [];
  for (let at = 0; at < 20; at += 1)
    ofHost.push(
      await milliseconds(async () => {
        await explorer.noteEvidence([`host-${at}`]);
        await explorer.watchEvidence();
      }),
    );
  print('evidence-look-at-host-p95', p95(ofHost), limits.host);
  const params = { template: 'nist-800-190' };
  const ask = async (user: number, part: 'whole' | 'part', what: 'template' | 'control' | 'subjects') => {
    // Users with collections of their own: nobody shares a reading with another.
    const principal = userNamed(`user-${user}`, ['read'], part === 'whole' ? undefined : ['prod']);
    const query = {
      ...(user % 3 === 1 && { environment: 'prod' as const }),
      ...(user % 3 === 2 && { application: `app-${user}` }),
    };
    const asked = { routes: explorer.routes, principal };
    const control = { ...params, control: '4.4.3' };
    if (what === 'template')
      return await answerOf(asked.routes, { endpoint: getTemplateEvidence, input: { params, query }, principal });
    if (what === 'control')
      return await answerOf(asked.routes, { endpoint: getControl, input: { params: control, query }, principal });
    return await answerOf(asked.routes, {
      endpoint: listSubjectsOfControl,
      input: { params: control, query },
      principal,
    });
  };
  const selects = JSON.stringify({ environments: ['prod'] });
  await sql`insert into access.collection values ('prod', 'prod', '', ${selects}, null)`.execute(
    store.query(accessSchema),
  );
  for (const part of ['whole', 'part'] as const)
    for (const what of ['template', 'control', 'subjects'] as const) {
      const times: number[] = [];
      await Promise.all(
        Array.from({ length: users }, async (_, user) => {
          for (let at = 0; at < asksEach; at += 1)
            times.push(await milliseconds(async () => JSON.stringify(await ask(user, part, what))));
        }),
      );
      print(`evidence-${what}-${part}-p95-of-${users}-users`, p95(times), limits.page);
    }
  const { rows } = await sql<{ table: string; rows: number; size: string }>`
    select relname as table, n_live_tup::int as rows, pg_size_pretty(pg_total_relation_size(relid)) as size
    from pg_stat_user_tables where schemaname = 'explorer' and relname like 'evidence%' order by 1`.execute(
    store.query(explorerSchema),
  );
  console.log(`evidence-tables ${rows.map(({ table, rows: count, size }) => `${table}=${count}/${size}`).join(' ')}`);
  console.log(`evidence-controls load=${loadavg()[0]?.toFixed(1)}`);
} finally {
  await store.close();
}

/** Writes what hosts reported as their agents would have. */
async function fill(into: Store): Promise<void> {
  await fillInventory(into);
  await fillResults(into);
  await sql`analyze`.execute(into.query(linkSchema));
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
