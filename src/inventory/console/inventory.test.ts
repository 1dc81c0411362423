import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { accessSchema } from '#access/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint } from '#http/index.ts';
import { linkSchema, type ReportingAgent } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listContainers, listHosts } from '../contract.ts';
import { contextsOf, createInventory, inventorySchema, placementsOf, readHostState, usedFiles } from './index.ts';
import { agentOf, containerFact, hostFact, imageFact, subjectNamed, reportAs } from './testing.ts';

const web = subjectNamed('shop/web:1');
const pier = agentOf('pier-1', 'prod', { environments: ['prod', 'test', 'staging'] });

describe('the inventory', () => {
  let store: Store;

  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema]);
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    await sql`truncate inventory.host, access.collection, link.agent, store.unclaimed_fact cascade`.execute(
      store.query(inventorySchema),
    );
  });

  /** Facts that were announced since it was last asked. */
  async function announced(): Promise<readonly string[]> {
    const { rows } = await sql<{ line: string }>`
      with claimed as (delete from store.unclaimed_fact returning *)
      select distinct fact || ' ' || coalesce(payload->>'subject', payload->>'host') as line from claimed order by line`.execute(
      store.query(inventorySchema),
    );
    return rows.map(({ line }) => line);
  }

  async function collection(id: string, selects: object, environment: string | null): Promise<void> {
    await store
      .query(accessSchema)
      .insertInto('collection')
      .values({ id, name: id, description: '', selects: JSON.stringify(selects), environment })
      .execute();
  }

  async function ask<E extends Endpoint>(endpoint: E, query: CallInput<E>['query'], collections?: readonly string[]) {
    const principal = userNamed('ann', ['read'], collections);
    return await answerOf(createInventory({ store }).routes, { endpoint, input: { query }, principal });
  }

  const containers = async (query: object = {}, collections?: readonly string[]) =>
    await ask(listContainers, query, collections);

  test('announces what is new once, and nothing when it is told again', async () => {
    const everything = async () => {
      await reportAs(store, pier, { kind: 'host', bodies: [hostFact()] });
      await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop/web:1')] });
      await reportAs(store, pier, { kind: 'container', bodies: [containerFact('web', 'shop/web:1')] });
      await reportAs(store, pier, { kind: 'use', bodies: [{ subject: web, files: ['usr/bin/node'] }] });
      await reportAs(store, pier, {
        kind: 'subject',
        bodies: [{ subject: 'host:pier-1', state: 'present', names: ['pier-1'] }],
      });
      const trouble = {
        target: 'x',
        name: 'x:1',
        state: 'unscanned',
        code: 'target-corrupt',
        reason: 'It is cut off.',
      };
      await reportAs(store, pier, { kind: 'unscanned', bodies: [trouble] });
    };
    await everything();
    expect(await announced()).toEqual([
      'containers-changed pier-1',
      'host-changed pier-1',
      'subject-placed host:pier-1',
      `subject-placed ${web}`,
    ]);
    await everything();
    expect(await announced()).toEqual([]);
  });

  test('knows where a subject lies, what runs of it and what of it is in use', async () => {
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop/web:1')] });
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [
        containerFact('web', 'shop/web:1', { labels: { 'com.docker.compose.project': 'shop' } }),
        containerFact('old', 'shop/web:1', { state: 'exited', finishedAt: '2026-11-24T11:30:00Z' }),
      ],
    });
    await reportAs(store, agentOf('quay-1'), {
      kind: 'container',
      bodies: [containerFact('bare', 'shop/web:1', { image: { id: 'gone', name: 'web@old' } })],
    });
    await reportAs(store, pier, { kind: 'use', bodies: [{ subject: web, files: ['usr/bin/node', 'usr/bin/node'] }] });
    expect(await placementsOf(store, web)).toEqual([
      {
        host: 'pier-1',
        agent: pier.id,
        environment: 'prod',
        stale: false,
        names: ['shop/web:1'],
        containers: [
          expect.objectContaining({
            name: 'web',
            environment: 'prod',
            application: 'shop',
            applicationFrom: 'compose',
          }),
        ],
      },
      {
        host: 'quay-1',
        agent: agentOf('quay-1').id,
        stale: false,
        names: ['web@old'],
        containers: [expect.not.objectContaining({ environment: expect.anything() })],
      },
    ]);
    expect(await usedFiles(store, web)).toEqual([
      { environment: 'prod', file: 'usr/bin/node', lastSeen: '2026-11-24T12:00:00.000Z' },
    ]);
  });

  test('groups running containers by what makes them dangerous', async () => {
    const port = { container: 80, protocol: 'tcp', host: { address: '0.0.0.0', port: 80 } } as const;
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [
        containerFact('a', 'shop/web:1', { ports: [port] }),
        containerFact('b', 'shop/web:1', { ports: [{ ...port, host: { address: '::', port: 81 } }] }),
        containerFact('c', 'shop/web:1', { user: '1000', privileged: true }),
      ],
    });
    expect(await contextsOf(store, web)).toEqual([
      { environment: 'prod', exposure: 'egress-only', escape: 'full', user: 'other', containers: 1 },
      { environment: 'prod', exposure: 'other-host', escape: 'none', user: 'root', containers: 2 },
    ]);
  });

  test('takes what the engine does not hold any more as gone', async () => {
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop/web:1'), imageFact('shop/api:1')] });
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [containerFact('web', 'shop/web:1'), containerFact('api', 'shop/api:1')],
    });
    await announced();
    const { id } = containerFact('api', 'shop/api:1');
    const present = { images: [subjectNamed('shop/api:1')], containers: [id] };
    await reportAs(store, pier, { kind: 'present', bodies: [present], at: '2026-11-24T13:00:00.000Z' });
    expect(await announced()).toEqual(['containers-changed pier-1', 'host-changed pier-1', `subject-placed ${web}`]);
    expect(await placementsOf(store, web)).toEqual([]);
    expect((await containers({ state: 'ended' })).containers).toEqual([
      expect.objectContaining({ name: 'web', state: 'removed', finishedAt: '2026-11-24T13:00:00.000Z' }),
    ]);
    // It is there after all.
    await reportAs(store, pier, { kind: 'container', bodies: [containerFact('web', 'shop/web:1')] });
    expect((await containers({ state: 'up' })).total).toBe(2);
  });

  test('names containers whose image becomes known after them', async () => {
    const { subject: _, ...unknown } = containerFact('web', 'shop/web:1');
    await reportAs(store, pier, { kind: 'container', bodies: [unknown] });
    expect(await placementsOf(store, web)).toEqual([]);
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop/web:1')] });
    expect((await placementsOf(store, web))[0]?.containers).toHaveLength(1);
  });

  test('lets a label choose only environments that the host allows', async () => {
    const reported = [
      containerFact('a', 'shop/web:1', { environment: 'test' }),
      containerFact('b', 'shop/web:1', { environment: 'dev' }),
    ];
    const stand = async () =>
      (await containers()).containers.map(({ name, environment }) => `${name} ${environment}`).toSorted();
    await reportAs(store, pier, { kind: 'container', bodies: reported });
    expect(await stand()).toEqual(['a prod', 'b prod']);
    await announced();
    await reportAs(store, pier, { kind: 'host', bodies: [hostFact({ allowEnvironments: ['test'] })] });
    expect(await stand()).toEqual(['a test', 'b prod']);
    expect(await announced()).toContain(`subject-placed ${web}`);
  });

  test('puts hosts of a collection into its environment, whatever agents and labels say', async () => {
    await reportAs(store, pier, { kind: 'host', bodies: [hostFact({ allowEnvironments: ['test'] })] });
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop/web:1')] });
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [containerFact('a', 'shop/web:1', { environment: 'test' }), containerFact('b', 'shop/web:1')],
    });
    const ids = [containerFact('a', '').id, containerFact('b', '').id];
    for (const container of ids)
      await reportAs(store, pier, { kind: 'use', bodies: [{ container, subject: web, files: ['f'] }] });
    expect((await usedFiles(store, web)).map(({ environment }) => environment)).toEqual(['prod', 'test']);
    await announced();
    await collection('staging', { hosts: ['PIER-*'] }, 'staging');
    const inventory = createInventory({ store });
    await inventory.resolveEnvironments();
    expect(await announced()).toEqual(['host-changed pier-1', `subject-placed ${web}`]);
    const placed = await placementsOf(store, web);
    expect(placed.map(({ environment }) => environment)).toEqual(['staging']);
    expect(placed[0]?.containers.map(({ environment }) => environment)).toEqual(['staging', 'staging']);
    expect((await usedFiles(store, web)).map(({ environment }) => environment)).toEqual(['staging']);
    await inventory.resolveEnvironments();
    expect(await announced()).toEqual([]);
    await store.query(accessSchema).deleteFrom('collection').execute();
    await inventory.resolveEnvironments();
    expect((await readHostState(store, 'pier-1'))?.environment).toBe('prod');
    expect((await containers()).containers.map(({ environment }) => environment).toSorted()).toEqual(['prod', 'test']);
  });

  async function joined(name: string, state: 'live' | 'silent' | 'revoked' | 'replaced'): Promise<ReportingAgent> {
    const id = crypto.randomUUID();
    const at = new Date('2026-11-24T10:00:00Z');
    await store
      .query(linkSchema)
      .insertInto('agent')
      .values({
        id,
        name,
        host: name,
        instance: 'default',
        version: '1',
        state,
        joined_at: at,
        join_token: 'token',
        seen_at: at,
        fingerprint: id,
        not_after: at,
        environment: 'prod',
        environments: ['prod'],
      })
      .execute();
    return agentOf(name, 'prod', { id });
  }

  test('shows what an agent that is away told as stale, and drops nothing', async () => {
    const inventory = createInventory({ store });
    const hosts = async () => (await ask(listHosts, {})).hosts;
    const first = await joined('pier-1', 'live');
    await reportAs(store, first, { kind: 'image', bodies: [imageFact('shop/web:1')] });
    await reportAs(store, first, { kind: 'container', bodies: [containerFact('web', 'shop/web:1')] });
    await inventory.followAgent({ host: 'pier-1' });
    expect((await hosts()).map(({ stale }) => stale)).toEqual([false]);
    await store.query(linkSchema).updateTable('agent').set({ state: 'silent' }).execute();
    await inventory.followAgent({ host: 'pier-1' });
    expect(await hosts()).toEqual([
      expect.objectContaining({
        name: 'pier-1',
        stale: true,
        agent: expect.objectContaining({ state: 'silent' }),
        counts: { images: 1, running: 1, containers: 1, unscanned: 0 },
      }),
    ]);
    expect((await placementsOf(store, web))[0]?.stale).toBe(true);
    expect((await containers()).containers[0]?.stale).toBe(true);
  });

  test('says which namespaces of the host a container shares because its engine shares them with all', async () => {
    const docker = {
      kind: 'docker',
      version: '26.1',
      driver: 'overlay2',
      imageStore: 'docker',
      rootless: false,
    } as const;
    const shares = containerFact('web', 'shop/web:1', { hostNamespaces: ['pid', 'cgroup'] });
    const reported = async (cgroupVersion?: '1' | '2') => {
      const engine = { ...docker, rootFolder: '/var/lib/docker', ...(cgroupVersion && { cgroupVersion }) };
      await reportAs(store, pier, { kind: 'host', bodies: [hostFact({ engine })] });
      await reportAs(store, pier, { kind: 'container', bodies: [shares] });
      return (await containers()).containers[0]?.sharedByDefault;
    };
    expect(await reported()).toEqual([]);
    expect(await reported('2')).toEqual([]);
    expect(await reported('1')).toEqual(['cgroup']);
    await reportAs(store, pier, { kind: 'container', bodies: [{ ...shares, hostNamespaces: [] }] });
    expect((await containers()).containers[0]?.sharedByDefault).toEqual([]);
  });

  test('lists containers under all filters with exact totals', async () => {
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [
        containerFact('web', 'shop/web:1', { labels: { 'seawall.application': 'shop' } }),
        containerFact('api_1', 'shop/api:1', { createdAt: '2026-11-24T11:30:00Z' }),
        containerFact('job', 'shop/job:1', { state: 'exited', createdAt: '2026-11-24T11:50:00Z' }),
      ],
    });
    await reportAs(store, agentOf('quay-1', 'dev'), {
      kind: 'container',
      bodies: [containerFact('dev', 'shop/web:1')],
    });
    const names = async (query: object) => (await containers(query)).containers.map(({ name }) => name);
    expect(await names({})).toEqual(['api_1', 'web', 'dev', 'job']);
    expect(await containers({ limit: 1, offset: 3 })).toMatchObject({ total: 4, containers: [{ name: 'job' }] });
    expect(await names({ search: 'I_1' })).toEqual(['api_1']);
    expect(await names({ search: '%' })).toEqual([]);
    expect(await names({ host: 'quay-1' })).toEqual(['dev']);
    expect(await names({ environment: 'dev' })).toEqual(['dev']);
    expect(await names({ application: 'shop' })).toEqual(['web']);
    expect(await names({ subject: web })).toEqual(['web', 'dev']);
    expect(await names({ state: 'ended' })).toEqual(['job']);
    await reportAs(store, agentOf('shed-1'), { kind: 'container', bodies: [containerFact('loose', 'shop/web:1')] });
    expect(await names({ environment: 'none' })).toEqual(['loose']);
  });

  test('shows callers with collections only what these hold', async () => {
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop/web:1')] });
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [containerFact('web', 'shop/web:1'), containerFact('api', 'bank/api:1')],
    });
    await reportAs(store, agentOf('quay-1', 'dev'), {
      kind: 'container',
      bodies: [containerFact('dev', 'bank/api:1')],
    });
    await collection('shop', { repositories: ['docker.io/shop/*'] }, null);
    await collection('dev', { environments: ['dev'] }, null);
    const seen = async (...collections: readonly string[]) => {
      const found = await containers({}, collections);
      const { hosts } = await ask(listHosts, {}, collections);
      expect(found.total).toBe(found.containers.length);
      return [found.containers.map(({ name }) => name), hosts.map(({ name }) => name)];
    };
    expect(await seen('shop')).toEqual([['web'], ['pier-1']]);
    expect(await seen('dev')).toEqual([['dev'], ['quay-1']]);
    expect(await seen('shop', 'dev')).toEqual([
      ['web', 'dev'],
      ['pier-1', 'quay-1'],
    ]);
    expect(await seen('deleted')).toEqual([[], []]);
    expect(await containers({ limit: 1, offset: 1 }, ['shop', 'dev'])).toMatchObject({
      total: 2,
      containers: [{ name: 'dev' }],
    });
  });

  test('refuses a fact of another form', async () => {
    const wrong = reportAs(store, pier, { kind: 'container', bodies: [{ id: 'x' }] });
    await expect(wrong).rejects.toMatchObject({ code: 'bad-request', message: expect.stringContaining('id') });
    const nul = reportAs(store, pier, { kind: 'use', bodies: [{ subject: web, files: ['a\u0000b'] }] });
    await expect(nul).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('keeps labels that PostgreSQL would not take as text', async () => {
    const labels = { 'seawall.application': 'sh\u0000op\ud800', other: '\u0000\ud800' };
    await reportAs(store, pier, { kind: 'container', bodies: [containerFact('web', 'shop/web:1', { labels })] });
    expect((await containers()).containers[0]).toMatchObject({ application: 'sh op\ufffd', labels });
    expect((await containers({}, ['all'])).total).toBe(1);
    expect((await placementsOf(store, web))[0]?.containers[0]?.labels).toEqual(labels);
    expect(await contextsOf(store, web)).toHaveLength(1);
  });

  test('forgets what ended longer ago than it is kept', async () => {
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop/web:1'), imageFact('shop/api:1')] });
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [
        containerFact('old', 'shop/web:1', { state: 'exited', finishedAt: '2026-08-01T00:00:00Z' }),
        containerFact('new', 'shop/api:1', { state: 'exited', finishedAt: '2026-11-24T00:00:00Z' }),
        containerFact('now', 'shop/api:1'),
      ],
    });
    await reportAs(store, pier, {
      kind: 'use',
      bodies: [web, subjectNamed('shop/api:1')].map((subject) => ({ subject, files: ['f'] })),
    });
    await reportAs(store, pier, {
      kind: 'image',
      bodies: [imageFact('shop/web:1', { state: 'gone' })],
      at: '2026-08-02T00:00:00Z',
    });
    await createInventory({ store }).prune(new Date('2026-11-24T12:00:00Z'));
    expect((await containers()).containers.map(({ name }) => name)).toEqual(['now', 'new']);
    expect(await usedFiles(store, web)).toEqual([]);
    expect(await usedFiles(store, subjectNamed('shop/api:1'))).toHaveLength(1);
  });
});
