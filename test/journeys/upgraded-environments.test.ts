import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog, type SubjectId } from '#base/index.ts';
import { consoleSchemas } from '#apps/console/compose.ts';
import {
  createInventory,
  inventoryHandlers,
  inventorySchema,
  placementsOf,
  usedFiles,
} from '#inventory/console/index.ts';
import { linkSchema, readAgents, type ReportingAgent } from '#link/console/index.ts';
import { openStore, type Store } from '#store/index.ts';
import { readRecorded, type RecordedStore, restoreStore } from '../versions/recorded.ts';
import { makeStateFolder } from './real-console.ts';

const versions = readdirSync(join(import.meta.dirname, '../versions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** A host of an earlier version: where it is, why, and what runs there. */
interface OldHost {
  readonly name: string;
  readonly environment: string | null;
  readonly from: 'agent' | 'collection' | 'nowhere';
  readonly agentEnvironment: string | null;
  /** Of its join token; those of earlier versions may allow any. */
  readonly token: readonly string[] | null;
  readonly labels: readonly string[];
  /** Environments of its containers, and what their agent says. */
  readonly containers: readonly (readonly [environment: string | null, own: string | null])[];
}

const hosts: readonly OldHost[] = [
  host('quay', 'prod', { agentEnvironment: 'prod', containers: [['prod', 'prod']] }),
  host('pier-1', 'staging', { from: 'collection', containers: [['staging', null]] }),
  host('pier-2', 'staging', {
    from: 'collection',
    agentEnvironment: 'dev',
    token: ['dev'],
    containers: [['staging', 'dev']],
  }),
  host('shed-1', null, { from: 'nowhere', containers: [[null, null]] }),
  host('rack-1', 'dev', {
    agentEnvironment: 'dev',
    labels: ['test', 'prod'],
    containers: [
      ['test', 'test'],
      ['dev', 'dev'],
    ],
  }),
  host('dock-1', 'dev', { agentEnvironment: 'dev', token: ['dev', 'test'], containers: [['dev', 'dev']] }),
];

function host(name: string, environment: string | null, more: Partial<OldHost>): OldHost {
  return { name, environment, from: 'agent', agentEnvironment: null, token: null, labels: [], containers: [], ...more };
}

describe.each(versions)('environments of agents of version %s', (version) => {
  const { folder, remove } = makeStateFolder();
  const image = { subject: '' as SubjectId };
  let store: Store;
  beforeAll(async () => {
    const recorded = readRecorded<RecordedStore>(version, 'store');
    const [first] = recorded.tables['inventory.image'] ?? [];
    image.subject = (first as { readonly subject: SubjectId } | undefined)?.subject ?? image.subject;
    await restoreStore(withHosts(recorded), folder);
    store = await openStore({ place: { kind: 'embedded', folder }, schemas: consoleSchemas, log: silentLog });
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    remove();
  });

  const places = async () => {
    const database = store.query(inventorySchema);
    const { rows: stand } = await sql<{ name: string; environment: string | null }>`
      select name, environment from inventory.host order by name`.execute(database);
    const { rows: run } = await sql<{ host: string; environment: string | null }>`
      select host, environment from inventory.container order by host, id`.execute(database);
    return {
      hosts: stand.map(({ name, environment }) => `${name} ${environment}`),
      containers: run.map((row) => `${row.host} ${row.environment}`),
    };
  };
  const expected = {
    hosts: hosts.map(({ name, environment }) => `${name} ${environment}`).toSorted(),
    containers: hosts
      .toSorted((left, right) => (left.name < right.name ? -1 : 1))
      .flatMap(({ name, containers }) => containers.map(([environment]) => `${name} ${environment}`)),
  };
  const speaking = async (): Promise<readonly ReportingAgent[]> =>
    (await readAgents(store)).map(({ id, name, environment, environments }) => {
      return { id, name, environments, ...(environment === undefined ? {} : { environment }) };
    });
  const report = async (agent: ReportingAgent, kind: keyof typeof inventoryHandlers, body: unknown) =>
    store.transaction((transaction) =>
      inventoryHandlers[kind](transaction, agent, [{ at: '2026-11-25T12:00:00.000Z', body }]),
    );

  test('are those of before, fixed from now on with what collections and labels had chosen', async () => {
    expect(await places()).toEqual(expected);
    const fixed = Object.fromEntries(
      (await readAgents(store)).map(({ name, environments }) => [name, environments.toSorted()]),
    );
    expect(fixed).toEqual({
      quay: ['prod'],
      'pier-1': ['staging', 'unassigned'],
      'pier-2': ['dev', 'staging'],
      'shed-1': ['unassigned'],
      'rack-1': ['dev', 'test'],
      'dock-1': ['dev', 'test'],
    });
    expect((await readAgents(store)).map(({ environment }) => environment ?? null).toSorted()).toEqual(
      hosts.map(({ agentEnvironment }) => agentEnvironment).toSorted(),
    );
  });

  test('give the same possession: what lies there counts as reported by the agent of now', async () => {
    const agents = new Map((await readAgents(store)).map(({ name, id }) => [name, id]));
    const placements = await placementsOf(store, image.subject);
    expect(placements.map(({ host: name, agent }) => [name, agent])).toEqual(
      hosts.map(({ name }) => [name, agents.get(name)]).toSorted(),
    );
    expect(placements.find(({ host: name }) => name === 'quay')?.names).toEqual(['surge/tide:1']);
    expect((await usedFiles(store, image.subject)).map(({ environment }) => environment)).toEqual(['prod']);
  });

  test('stay when they are worked out anew, and when each agent says again what it said', async () => {
    const inventory = createInventory({ store });
    await inventory.resolveEnvironments();
    expect(await places()).toEqual(expected);
    const { rows } = await sql<{ host: string; fact: object }>`select name as host, fact from inventory.host`.execute(
      store.query(inventorySchema),
    );
    const reported = await sql<{ host: string; fact: object }>`select host, fact from inventory.container`.execute(
      store.query(inventorySchema),
    );
    for (const agent of await speaking()) {
      await inventory.followAgent({ host: agent.name });
      for (const { fact } of rows.filter((row) => row.host === agent.name)) {
        await report(agent, 'host', { ...fact, cpus: 4 });
      }
      for (const { fact } of reported.rows.filter((row) => row.host === agent.name)) {
        await report(agent, 'container', { ...fact, networks: ['bridge'] });
      }
    }
    expect(await places()).toEqual(expected);
  });

  test('let a label choose only what one had chosen, and a join token of before only none', async () => {
    const rack = (await speaking()).find(({ name }) => name === 'rack-1');
    const { rows } = await sql<{ fact: object }>`
      select fact from inventory.container where host = 'rack-1' and environment = 'dev'`.execute(
      store.query(inventorySchema),
    );
    if (rack === undefined) throw new Error('There is no agent of rack-1.');
    await report(rack, 'container', { ...rows[0]?.fact, environment: 'prod' });
    expect(await places()).toEqual(expected);
    const tokens = await store
      .query(linkSchema)
      .selectFrom('join_token')
      .select('environments')
      .orderBy('environments', 'desc')
      .execute();
    expect(tokens).toEqual([{ environments: ['unassigned'] }, { environments: ['dev'] }]);
  });
});

/** The recorded store with these hosts instead of the one that it has. */
function withHosts({ migrations, tables }: RecordedStore): RecordedStore {
  const first = (table: string) => tables[table]?.[0] ?? {};
  const agents = hosts.map((one) => ({ one, id: randomUUID() }));
  const token = { id: randomUUID(), name: 'before', hosts: null, uses: 9, created_at: '2026-11-24', created_by: 'ann' };
  const until = { ...token, expires_at: '2027-11-24' };
  return {
    migrations,
    tables: {
      ...tables,
      'link.join_token': [
        { ...until, environments: null, secret_hash: '\\x01' },
        { ...until, id: randomUUID(), environments: ['dev'], secret_hash: '\\x02' },
      ],
      'link.agent': agents.map(({ one, id }) => ({
        ...first('link.agent'),
        id,
        name: one.name,
        host: one.name,
        fingerprint: id,
        environment: one.agentEnvironment,
        environments: one.token,
      })),
      'inventory.host': agents.map(({ one, id }) => ({
        ...first('inventory.host'),
        name: one.name,
        agent: id,
        environment: one.environment,
        environment_from: one.from,
        agent_environment: one.agentEnvironment,
        fact: { ...(first('inventory.host') as { fact: object }).fact, allowEnvironments: one.labels },
      })),
      'inventory.image': hosts.map(({ name }) => ({ ...first('inventory.image'), host: name })),
      'inventory.container': hosts.flatMap((one) => containersOf(one, first('inventory.container'))),
      'access.collection': [
        ...(tables['access.collection'] ?? []),
        { ...first('access.collection'), id: 'piers', selects: { hosts: ['pier-*'] }, environment: 'staging' },
      ],
    },
  };
}

function containersOf({ name, containers }: OldHost, row: object): readonly object[] {
  return containers.map(([environment, own], index) => {
    const id = `${index}`.padStart(64, '0');
    const { environment: _, ...fact } = (row as { fact: { environment?: string } }).fact;
    return {
      ...row,
      host: name,
      id,
      environment,
      own_environment: own,
      state: 'running',
      finished_at: null,
      fact: { ...fact, id, state: 'running', ...(own === null ? {} : { environment: own }) },
    };
  });
}
