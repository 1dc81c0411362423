import { expect, test } from 'vitest';
import { complianceSchema, createCompliance } from '#compliance/console/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { reportCompliance } from './compliance-incidents.ts';
import { runtimeSchema } from './schema.ts';

const at = new Date('2026-11-30T12:00:00Z');
const host = 'prod-1';

interface World {
  readonly store: Store;
  readonly dependencies: Parameters<typeof reportCompliance>[0];
  readonly bold: string;
  readonly calm: string;
  close(): Promise<void>;
}

/** A host of prod with two containers. */
async function openWorld(): Promise<World> {
  const store = await createTestStore([
    accessSchema,
    linkSchema,
    inventorySchema,
    catalogSchema,
    complianceSchema,
    runtimeSchema,
  ]);
  const dependencies = { store, clock: () => at, bucketSeconds: 3600 };
  const compliance = await createCompliance(dependencies);
  const [bold, calm] = [containerFact('bold', 'shop:1'), containerFact('calm', 'shop:1')];
  const agent = agentOf(host, 'prod');
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
  await reportAs(store, agent, { kind: 'container', bodies: [bold, calm] });
  return {
    store,
    dependencies,
    bold: bold.id,
    calm: calm.id,
    async close() {
      await compliance.close();
      await store.close();
    },
  };
}

interface Alerted {
  readonly checks: readonly string[];
  readonly since?: Date;
}

async function alert({ store }: World, id: string, { checks, since = at }: Alerted): Promise<void> {
  const database = store.query(complianceSchema);
  const kind = 'container' as const;
  const source = 'rule production';
  const effect = 'block' as const;
  const said = { rule_name: 'Production', checks: JSON.stringify(checks), since };
  await database.deleteFrom('alert').where('id', '=', id).execute();
  await database
    .insertInto('alert')
    .values({ host, kind, id, source, name: id.slice(0, 4), effect, ...said })
    .execute();
}

async function incidents({ store, dependencies }: World) {
  await reportCompliance(dependencies, host);
  return await store
    .query(runtimeSchema)
    .selectFrom('incident')
    .select(['container', 'title', 'state', 'outcome', 'environment'])
    .orderBy('id')
    .execute();
}

test('an alert is an incident, which a person closes for good, and which names what else fails meanwhile', async () => {
  const world = await openWorld();
  const { bold, calm, store } = world;
  await alert(world, bold, { checks: ['CTR-001'] });
  await alert(world, calm, { checks: ['CTR-001'] });
  const first = await incidents(world);
  expect(first).toMatchObject([
    { container: bold, state: 'open', outcome: 'observed', environment: 'prod' },
    { container: calm, state: 'open' },
  ]);
  expect(first[0]?.title).toMatch(/^[0-9a-f]{4}: It does not meet the compliance rule Production: .* \(CTR-001\)\.$/);
  expect(await incidents(world)).toEqual(first);

  await alert(world, bold, { checks: ['CTR-001', 'CTR-002'] });
  expect((await incidents(world))[0]?.title).toMatch(/\(CTR-001\), and 1 more\.$/);

  const closing = store.query(runtimeSchema).updateTable('incident').set({ state: 'closed' });
  await closing.where('container', '=', calm).execute();
  expect(await incidents(world)).toMatchObject([{ state: 'open' }, { state: 'closed' }]);
  await world.close();
});

test('a brake and a stop are incidents; what is over closes', async () => {
  const world = await openWorld();
  const { bold, store } = world;
  const database = store.query(complianceSchema);
  await alert(world, bold, { checks: ['CTR-001'] });
  await database
    .insertInto('brake')
    .values({ rule: 'production', rule_name: 'Production', host, since: at, stopped: '[]' })
    .execute();
  expect((await incidents(world))[1]).toMatchObject({
    title:
      'prod-1: The compliance rule Production would stop more containers than it may. It stops none on prod-1 now.',
    state: 'open',
  });

  const rule = { rule: 'production', rule_version: 1, rule_name: 'Production' };
  const times = { evidence_at: at, ordered_at: at, ended_at: at };
  const stopped = { outcome: 'stopped', failing: '["CTR-001"]', facts: 'f', reason: null } as const;
  await database
    .insertInto('stop_order')
    .values({
      id: 'order',
      host,
      container: bold,
      name: 'bold',
      application: null,
      environment: 'prod',
      ...rule,
      ...times,
      ...stopped,
    })
    .execute();
  await database.deleteFrom('alert').execute();
  await database.deleteFrom('brake').execute();
  expect(await incidents(world)).toMatchObject([
    { container: bold, state: 'open', outcome: 'stopped' },
    { state: 'closed' },
  ]);
  expect(await incidents(world)).toHaveLength(2);
  await world.close();
});

test('a container that fails and passes in turn is one incident, until it passes for an hour', async () => {
  const world = await openWorld();
  const { bold, store } = world;
  const over = async () => void (await store.query(complianceSchema).deleteFrom('alert').execute());
  for (let flips = 0; flips < 20; flips += 1) {
    await alert(world, bold, { checks: ['CTR-001'], since: new Date(at.getTime() + flips) });
    expect(await incidents(world)).toMatchObject([{ container: bold, state: 'open' }]);
    await over();
    expect(await incidents(world)).toMatchObject([{ container: bold, state: 'closed' }]);
  }
  const detections = await store.query(runtimeSchema).selectFrom('detection').select('id').execute();
  expect(detections).toHaveLength(1);
  const closing = { state: 'closed', acknowledged: JSON.stringify({ by: 'ada', at: at.toISOString() }) } as const;
  await store.query(runtimeSchema).updateTable('incident').set(closing).execute();
  await alert(world, bold, { checks: ['CTR-001'], since: new Date(at.getTime() + 100) });
  expect(await incidents(world)).toMatchObject([{ state: 'closed' }, { state: 'open' }]);
  await over();
  await incidents(world);
  const later = { ...world, dependencies: { ...world.dependencies, clock: () => new Date(at.getTime() + 3_600_001) } };
  await alert(world, bold, { checks: ['CTR-001'], since: new Date(at.getTime() + 101) });
  expect(await incidents(later)).toMatchObject([{ state: 'closed' }, { state: 'closed' }, { state: 'open' }]);
  await world.close();
});
