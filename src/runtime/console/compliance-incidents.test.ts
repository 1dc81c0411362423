import { expect, test } from 'vitest';
import { complianceSchema, createCompliance } from '#compliance/console/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { reportCompliance } from './compliance-incidents.ts';
import { runtimeSchema } from './schema.ts';

const at = new Date('2026-11-30T12:00:00Z');
const host = 'prod-1';

test('an alert, a brake and a stop are incidents; what is over closes, and a person who closed one is not told again', async () => {
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
  const database = store.query(complianceSchema);
  const [bold, calm] = ['bold', 'calm'].map((name) => containerFact(name, 'shop:1'));
  if (bold === undefined || calm === undefined) throw new Error('no containers');
  const agent = agentOf(host, 'prod');
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
  await reportAs(store, agent, { kind: 'container', bodies: [bold, calm] });
  const alert = async (id: string, checks: readonly string[]): Promise<void> => {
    const row = {
      host,
      kind: 'container' as const,
      id,
      source: 'rule production',
      name: id.slice(0, 4),
      effect: 'block' as const,
    };
    await database.deleteFrom('alert').where('id', '=', id).execute();
    const said = { rule_name: 'Production', checks: JSON.stringify(checks), since: at };
    await database
      .insertInto('alert')
      .values({ ...row, ...said })
      .execute();
  };
  const incidents = async () => {
    await reportCompliance(dependencies, host);
    const rows = await store.query(runtimeSchema).selectFrom('incident').selectAll().orderBy('id').execute();
    return rows.map(({ container, title, state, outcome, environment }) => ({
      container,
      title,
      state,
      outcome,
      environment,
    }));
  };
  await alert(bold.id, ['CTR-001']);
  await alert(calm.id, ['CTR-001']);
  const first = await incidents();
  expect(first).toMatchObject([
    { container: bold.id, state: 'open', outcome: 'observed', environment: 'prod' },
    { container: calm.id, state: 'open' },
  ]);
  expect(first[0]?.title).toMatch(/^[0-9a-f]{4}: It does not meet the compliance rule Production: .* \(CTR-001\)\.$/);
  expect(await incidents()).toEqual(first);

  await alert(bold.id, ['CTR-001', 'CTR-002']);
  expect((await incidents())[0]?.title).toMatch(/\(CTR-001\), and 1 more\.$/);

  await store
    .query(runtimeSchema)
    .updateTable('incident')
    .set({ state: 'closed' })
    .where('container', '=', calm.id)
    .execute();
  expect(await incidents()).toMatchObject([{ state: 'open' }, { state: 'closed' }]);

  await database.insertInto('brake').values({ rule: 'production', rule_name: 'Production', host, since: at }).execute();
  expect((await incidents())[2]).toMatchObject({
    title: 'prod-1: The compliance rule Production would stop more containers than it may. It stops none now.',
    state: 'open',
  });

  await database
    .insertInto('stop_order')
    .values({
      ...{ id: 'order', host, container: bold.id, name: 'bold', application: null, environment: 'prod' },
      ...{ rule: 'production', rule_version: 1, rule_name: 'Production', failing: '["CTR-001"]', facts: 'f' },
      ...{ evidence_at: at, ordered_at: at, outcome: 'stopped', ended_at: at, reason: null },
    })
    .execute();
  await database.deleteFrom('alert').execute();
  await database.deleteFrom('brake').execute();
  expect(await incidents()).toMatchObject([
    { container: bold.id, state: 'open', outcome: 'stopped' },
    { state: 'closed' },
    { state: 'closed' },
  ]);
  expect(await incidents()).toHaveLength(3);
  await compliance.close();
  await store.close();
});
