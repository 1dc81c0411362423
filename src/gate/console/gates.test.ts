import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { admissionSchema } from '#admission/console/index.ts';
import { digestNamed } from '#admission/console/testing.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, imageFact, reportAs, subjectNamed } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import { outboxSchema as outbox } from '#store/outbox.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listGates } from '../contract.ts';
import { gateSchema } from './schema.ts';
import { createGate, gateHandlers, type GateService } from './service.ts';

const minute = 60_000;
const now = new Date();
const prod = agentOf('prod-1', 'prod');

describe('the gate of a host', () => {
  let store: Store;
  let gate: GateService;
  beforeAll(async () => {
    store = await createTestStore([
      accessSchema,
      linkSchema,
      inventorySchema,
      catalogSchema,
      admissionSchema,
      gateSchema,
    ]);
    gate = createGate({ store, clock: () => now });
    for (const agent of [prod, agentOf('dev-1', 'dev')])
      await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
    const selects = JSON.stringify({ environments: ['prod'] });
    const row = { id: 'production', name: 'production', description: '', selects, environment: null };
    await store.query(accessSchema).insertInto('collection').values(row).execute();
  });
  afterAll(() => store.close());

  const at = (minutes: number): Date => new Date(now.getTime() - minutes * minute);
  const report = async (kind: keyof typeof gateHandlers, bodies: readonly unknown[]): Promise<void> =>
    await store.transaction(async (transaction) => {
      const facts = bodies.map((body) => ({ at: now.toISOString(), body }));
      await gateHandlers[kind](transaction, prod, facts);
    });
  const ask = async (principal: Principal = userNamed('ada', ['read'])) =>
    await answerOf(gate.routes, { endpoint: listGates, input: {}, principal });
  const announced = async (): Promise<readonly string[]> =>
    (await store.query(outbox).selectFrom('unclaimed_fact').select('fact').execute()).map(({ fact }) => fact);

  it('states gates, rogues and break-glass of each host, and each passed trial once', async () => {
    const reported = {
      wrapper: 'installed',
      authorization: 'off',
      engine: { version: '26.1.5', safe: false, cases: ['B7'] },
      canary: { at: at(1).toISOString(), passed: true, message: 'A refused image was started.' },
      problems: [],
    };
    await report('gate', [reported]);
    await report('gate', [{ ...reported, problems: ['The authorization plugin is off.'] }]);
    expect((await announced()).filter((fact) => fact === 'canary-passed')).toHaveLength(1);
    await report('rogues', [
      {
        rogues: [
          {
            container: 'c'.repeat(64),
            name: 'miner',
            image: 'miner:1',
            since: at(60).toISOString(),
            cause: 'not-admitted',
            reason: 'It runs and no gate admitted it.',
            outcome: 'reported',
          },
        ],
      },
    ]);
    const glass = {
      id: 'glass',
      digest: digestNamed('shop:1'),
      at: at(2).toISOString(),
      until: new Date(now.getTime() + 60 * minute).toISOString(),
      reason: 'The shop is down.',
      user: 'root (mia)',
    };
    await report('break-glass', [glass]);
    await report('break-glass', [glass]);
    const { gates } = await ask();
    expect(gates.map(({ host }) => host)).toEqual(['dev-1', 'prod-1']);
    expect(gates[0]).not.toHaveProperty('gate');
    expect(gates[1]).toMatchObject({
      environment: 'prod',
      gate: { problems: ['The authorization plugin is off.'] },
      rogues: [{ name: 'miner' }],
      breakGlass: [{ reason: 'The shop is down.' }],
    });
    const trail = await store.query(accessSchema).selectFrom('audit').selectAll().execute();
    expect(trail.filter(({ action }) => action === 'break-glass-used')).toMatchObject([
      { target: { kind: 'image', id: digestNamed('shop:1') }, detail: { user: 'root (mia)' } },
    ]);
  });

  it('is shown to who sees its host', async () => {
    const bob = userNamed('bob', ['read'], ['production']);
    expect((await ask(bob)).gates.map(({ host }) => host)).toEqual(['prod-1']);
  });

  it('of a host that is seen for one container names no other container and no image of others', async () => {
    await reportAs(store, prod, {
      kind: 'container',
      bodies: [containerFact('shop', 'shop:1'), containerFact('bank', 'bank:1')],
    });
    await reportAs(store, prod, {
      kind: 'image',
      bodies: [imageFact('shop:1'), imageFact('bank:1'), imageFact('shop:2')],
    });
    const of = (image: string) => ({
      image,
      since: at(60).toISOString(),
      cause: 'not-admitted',
      reason: `It runs ${image}.`,
      outcome: 'reported',
    });
    const known = (name: string) => ({ ...of(`${name}:1`), name, container: containerFact(name, `${name}:1`).id });
    const rogues = [
      known('shop'),
      known('bank'),
      { ...of('shop:9'), name: 'new-shop', container: 'a'.repeat(64) },
      { ...of('bank:9'), name: 'new-bank', container: 'b'.repeat(64) },
    ];
    await report('rogues', [{ rogues }]);
    const until = new Date(now.getTime() + 60 * minute).toISOString();
    const opened = ['shop:1', 'bank:1', 'shop:2'].map((name) => ({
      id: name,
      digest: subjectNamed(name),
      at: at(2).toISOString(),
      until,
      reason: name,
      user: 'root',
    }));
    await report('break-glass', opened);
    const selects = JSON.stringify({ images: ['shop:*'] });
    const row = { id: 'shops', name: 'shops', description: '', selects, environment: null };
    await store.query(accessSchema).insertInto('collection').values(row).execute();
    const [own, ...others] = (await ask(userNamed('bob', ['read'], ['shops']))).gates;
    expect([own?.host, others.length]).toEqual(['prod-1', 0]);
    expect(own?.rogues.map(({ name }) => name)).toEqual(['shop', 'new-shop']);
    expect(own?.breakGlass.map(({ reason }) => reason).toSorted()).toEqual(['The shop is down.', 'shop:1', 'shop:2']);
    const [whole] = (await ask(userNamed('bob', ['read'], ['production']))).gates;
    expect([whole?.rogues.length, whole?.breakGlass.length]).toEqual([4, 4]);
  });

  it('forgets what root let start when it is as old as containers that ended', async () => {
    await gate.prune(new Date(now.getTime() + 400 * 24 * 60 * minute));
    expect(await store.query(gateSchema).selectFrom('break_glass').selectAll().execute()).toEqual([]);
  });
});
