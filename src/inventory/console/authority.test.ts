import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import type { SubjectId } from '#base/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint } from '#http/index.ts';
import { linkSchema, type ReportingAgent } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listContainers, listHosts } from '../contract.ts';
import {
  contextsOf,
  createInventory,
  hostsHolding,
  inventorySchema,
  placedSubjects,
  placementsOf,
  readContainersOnHost,
  readHostEnvironments,
  readHostStarts,
  readImageNames,
  readRunningOnHost,
  subjectsKnownOnHost,
  usedFiles,
} from './index.ts';
import { agentOf, containerFact, hostFact, imageFact, subjectNamed, reportAs } from './testing.ts';

const web = subjectNamed('shop/web:1');

/** What an agent may not bring about by what it says. */
describe('the authority of an agent', () => {
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
      select distinct fact || ' ' || coalesce(payload->>'reason', payload->>'subject', payload->>'host') as line
      from claimed order by line`.execute(store.query(inventorySchema));
    return rows.map(({ line }) => line);
  }
  const refused = async () => (await announced()).filter((line) => line.startsWith('claim-refused'));

  async function ask<E extends Endpoint>(endpoint: E, query?: CallInput<E>['query']) {
    const input = query === undefined ? {} : { query };
    return await answerOf(createInventory({ store }).routes, {
      endpoint,
      input,
      principal: userNamed('ann', ['read']),
    });
  }
  const containers = async () => await ask(listContainers, {});
  const places = async () =>
    (await containers()).containers.map(({ name, environment }) => `${name} ${environment ?? 'none'}`).toSorted();

  async function collection(id: string, hosts: readonly string[], environment: string): Promise<void> {
    const row = { id, name: id, description: '', selects: JSON.stringify({ hosts }), environment };
    await store.query(accessSchema).insertInto('collection').values(row).execute();
    await createInventory({ store }).resolveEnvironments();
  }

  async function joined(name: string, state: 'live' | 'silent' | 'revoked' | 'replaced'): Promise<ReportingAgent> {
    const id = randomUUID();
    const at = new Date('2026-11-24T10:00:00Z');
    const names = { name, host: name, instance: 'default', version: '1', join_token: 'token' };
    await store
      .query(linkSchema)
      .insertInto('agent')
      .values({
        ...names,
        id,
        state,
        joined_at: at,
        fingerprint: id,
        not_after: at,
        environment: 'prod',
        environments: ['prod'],
      })
      .execute();
    return agentOf(name, 'prod', { id });
  }

  test('does not reach prod by labels when its join token allows dev alone', async () => {
    const agent = agentOf('pier-1', 'dev');
    await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ allowEnvironments: ['prod', 'test'] })] });
    await reportAs(store, agent, { kind: 'image', bodies: [imageFact('shop/web:1')] });
    await reportAs(store, agent, {
      kind: 'container',
      bodies: [
        containerFact('a', 'shop/web:1', { environment: 'prod' }),
        containerFact('b', 'shop/web:1', { environment: 'prod' }),
        containerFact('c', 'shop/web:1', { environment: 'unassigned' }),
      ],
    });
    expect(await places()).toEqual(['a dev', 'b dev', 'c dev']);
    expect((await placementsOf(store, web)).map(({ environment, allowed }) => [environment, allowed])).toEqual([
      ['dev', undefined],
    ]);
    expect((await readHostEnvironments(store, 'pier-1'))?.allowed).toEqual([]);
    expect(await refused()).toEqual([
      'claim-refused The agent lets labels choose prod, test; its join token does not allow that.',
      'claim-refused The agent says that a and 1 more run in prod; its join token does not allow that.',
      'claim-refused The agent says that c run in unassigned; its join token does not allow that.',
    ]);
    // The same claims again are not new.
    await reportAs(store, agent, {
      kind: 'container',
      bodies: [containerFact('a', 'shop/web:1', { environment: 'prod', state: 'paused' })],
    });
    expect(await refused()).toEqual([]);
  });

  test('lets labels choose what both its option and its join token allow, none among it', async () => {
    const agent = agentOf('pier-1', 'dev', { environments: ['dev', 'test', 'unassigned'] });
    await reportAs(store, agent, {
      kind: 'host',
      bodies: [hostFact({ allowEnvironments: ['prod', 'test', 'unassigned'] })],
    });
    const reported = ['prod', 'test', 'unassigned', 'dev'].map((environment) =>
      containerFact(environment, 'shop/web:1', { environment }),
    );
    await reportAs(store, agent, { kind: 'container', bodies: reported });
    expect(await places()).toEqual(['dev dev', 'prod dev', 'test test', 'unassigned none']);
    // Without the option no label chooses.
    await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ allowEnvironments: [] })] });
    expect(await places()).toEqual(['dev dev', 'prod dev', 'test dev', 'unassigned dev']);
    await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ allowEnvironments: ['unassigned'] })] });
    expect(await places()).toEqual(['dev dev', 'prod dev', 'test dev', 'unassigned none']);
  });

  test('is not in prod because its name fits a collection of prod', async () => {
    const db = agentOf('db-1', 'dev');
    await reportAs(store, db, { kind: 'host', bodies: [hostFact()] });
    await reportAs(store, db, { kind: 'container', bodies: [containerFact('a', 'shop/web:1')] });
    await announced();
    await collection('databases', ['db-*'], 'prod');
    const asked = 'The collection databases asks for prod; the join token of the host does not allow it.';
    expect(await announced()).toEqual([`claim-refused ${asked}`, 'host-changed db-1']);
    expect(await places()).toEqual(['a dev']);
    const { hosts } = await ask(listHosts);
    expect(hosts).toMatchObject([
      {
        name: 'db-1',
        environment: 'dev',
        environmentFrom: 'agent',
        refusedCollection: { collection: 'databases', environment: 'prod' },
      },
    ]);
    // Said once; one that its token allows there moves; one that names itself so comes no further.
    await createInventory({ store }).resolveEnvironments();
    expect(await announced()).toEqual([]);
    await reportAs(store, agentOf('db-2', 'dev', { environments: ['dev', 'prod'] }), {
      kind: 'container',
      bodies: [containerFact('b', 'shop/web:1')],
    });
    await reportAs(store, agentOf('db-3'), { kind: 'container', bodies: [containerFact('c', 'shop/web:1')] });
    expect(await places()).toEqual(['a dev', 'b prod', 'c none']);
    await store.query(accessSchema).deleteFrom('collection').execute();
    await createInventory({ store }).resolveEnvironments();
    expect(await places()).toEqual(['a dev', 'b dev', 'c none']);
    expect((await ask(listHosts)).hosts.filter(({ refusedCollection }) => refusedCollection !== undefined)).toEqual([]);
  });

  test('gives an agent in the place of another nothing that it did not report itself', async () => {
    const inventory = createInventory({ store });
    const former = await joined('pier-1', 'live');
    const { id } = containerFact('web', 'shop/web:1');
    const used = { container: id, subject: web, files: ['usr/bin/node'] };
    const other = { subject: 'host:pier-1', state: 'present', names: ['pier-1'] };
    await reportAs(store, former, { kind: 'image', bodies: [imageFact('shop/web:1')] });
    await reportAs(store, former, { kind: 'container', bodies: [containerFact('web', 'shop/web:1')] });
    await reportAs(store, former, { kind: 'use', bodies: [used] });
    await reportAs(store, former, { kind: 'subject', bodies: [other] });
    const held = async () => [
      (await placementsOf(store, web)).map(({ agent, names, containers: own }) => [agent, names, own.length]),
      (await placementsOf(store, 'host:pier-1' as SubjectId)).length,
      (await contextsOf(store, web)).length,
      (await usedFiles(store, web)).length,
      (await readHostStarts(store, ['pier-1'])).flatMap(({ images }) => images.map(({ subject }) => subject)),
      await hostsHolding(store, [web]),
      [...(await subjectsKnownOnHost(store, 'pier-1', [web]))],
      (await readRunningOnHost(store, 'pier-1')).length,
      (await readContainersOnHost(store, 'pier-1', [id])).size,
      await readImageNames(store, web),
      await placedSubjects(store),
    ];
    const everything = [[[former.id, ['shop/web:1'], 1]], 1, 1, 1, [web], ['pier-1'], [web], 1, 1, [['shop/web:1']]];
    expect(await held()).toEqual([...everything, ['host:pier-1', web]]);
    await announced();

    await store.query(linkSchema).updateTable('agent').set({ state: 'replaced' }).execute();
    const next = await joined('pier-1', 'live');
    await inventory.followAgent({ host: 'pier-1' });
    expect(await held()).toEqual([[], 0, 0, 0, [], [], [], 0, 0, [], []]);
    expect(await announced()).toEqual([
      'containers-changed pier-1',
      'host-changed pier-1',
      'subject-placed host:pier-1',
      `subject-placed ${web}`,
    ]);
    expect((await containers()).containers).toMatchObject([{ name: 'web', stale: true }]);

    // What the engine still has says nothing of what is in it; a name without content neither.
    const { subject: _, ...unread } = imageFact('shop/web:1');
    const { subject: __, ...bare } = containerFact('web', 'shop/web:1');
    await reportAs(store, next, { kind: 'present', bodies: [{ images: [web], containers: [id] }] });
    await reportAs(store, next, { kind: 'image', bodies: [unread] });
    await reportAs(store, next, { kind: 'container', bodies: [bare] });
    await reportAs(store, next, { kind: 'container', bodies: [{ ...bare, incomplete: true }] });
    expect((await placementsOf(store, web)).length + (await hostsHolding(store, [web])).length).toBe(0);

    const [before] = (await containers()).containers;
    const at = '2026-11-24T14:00:00.000Z';
    await announced();
    await reportAs(store, next, { kind: 'image', bodies: [imageFact('shop/web:1')], at });
    await reportAs(store, next, { kind: 'container', bodies: [containerFact('web', 'shop/web:1')], at });
    await reportAs(store, next, { kind: 'use', bodies: [used], at });
    await reportAs(store, next, { kind: 'subject', bodies: [other], at });
    expect(await held()).toEqual([[[next.id, ['shop/web:1'], 1]], ...everything.slice(1), ['host:pier-1', web]]);
    expect(await announced()).toEqual(expect.arrayContaining(['subject-placed host:pier-1', `subject-placed ${web}`]));
    expect((await containers()).containers).toMatchObject([{ stale: false, firstSeenAt: before?.firstSeenAt }]);
  });
});
