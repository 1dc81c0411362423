import { afterEach, beforeEach, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import {
  type ComplianceRuleText,
  deleteComplianceRule,
  getStopRequests,
  listComplianceRules,
  newComplianceRule,
  orderComplianceRules,
  putComplianceRule,
  putCustomCheck,
  replayComplianceRule,
} from '../contract.ts';
import { readAlerts } from './alerts.ts';
import { readBrakes, readStopped } from './orders.ts';
import { complianceSchema } from './schema.ts';
import { calm, factsOf, openTestCompliance, privileged, type TestCompliance } from './testing.ts';

const stopping: ComplianceRuleText = {
  ...newComplianceRule,
  name: 'Production',
  lines: [{ checks: { by: 'check', id: 'CTR-001' }, effect: 'block' }],
  notAssessed: 'ignore',
  running: 'stop',
};

let world: TestCompliance;
beforeEach(async () => void (world = await openTestCompliance()));
afterEach(() => world.close());

const host = 'prod-1';
const replay = async (rule = stopping) =>
  await world.ask(replayComplianceRule, { body: { rule: structuredClone(rule) as never, id: 'production' } });
const put = async (
  basedOn: number,
  said?: { readonly seal: string; readonly stopped: number },
  { id, ...rule }: ComplianceRuleText & { readonly id?: string } = stopping,
) =>
  await world.ask(putComplianceRule, {
    params: { id: id ?? 'production' },
    body: { rule: structuredClone(rule) as never, basedOn, ...(said !== undefined && { replay: said }) },
  });
const confirmed = async (basedOn: number, rule = stopping) => {
  const { seal, stopped } = await replay(rule);
  return await put(basedOn, { seal, stopped }, rule);
};
const select = async (applications: readonly string[]) => {
  const selects = JSON.stringify({ applications });
  await world.store
    .query(accessSchema)
    .insertInto('collection')
    .values({ id: 'few', name: 'few', description: '', environment: null, selects })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ selects }))
    .execute();
  await world.compliance.judgeAll();
  await world.store.idle();
};
const waiting = async () =>
  (await world.ask(listComplianceRules, {})).rules.map(({ rule, waiting: containers }) => [rule.id, containers]);
const orders = async (on = host) =>
  (await world.ask(getStopRequests, { body: {} }, { kind: 'agent', id: 'agent', name: on, permissions: ['report'] }))
    .orders;
const acts = async () => (await orders()).map(({ act, container }) => [act, container]);
const lookOn = async (on: string, ids: readonly string[]) =>
  await world.hand(on, 'compliance-looked', {
    subjects: ids.map((id) => ({ kind: 'container', id, facts: factsOf(privileged) })),
  });
const look = async (...ids: readonly string[]) => await lookOn(host, ids);
const runPrivileged = async (name: string, application?: string, on = host): Promise<string> => {
  const id = await world.run(on, name, application);
  await world.report(on, { id, name }, privileged);
  return id;
};
/** Containers that were made to fail, by host. */
const failing = new Map<string, readonly string[]>();
/** Containers of one host that fail, seen twice; how many of them are to be stopped. */
const failingOn = async (on: string, count: number, application?: string): Promise<number> => {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push(await runPrivileged(`${on}-${at}`, application, on));
  failing.set(on, ids);
  world.pass(0.1);
  return await stoppedAt(on);
};
/** How many of those are stopped after another look. */
const stoppedAt = async (on: string): Promise<number> => {
  await lookOn(on, failing.get(on) ?? []);
  return (await orders(on)).filter(({ act }) => act === 'stop').length;
};
/** The same when the ten minutes are over. */
const stoppedLaterOn = async (on: string): Promise<number> => {
  world.pass(11);
  return await stoppedAt(on);
};

test('a container is stopped in the second look that finds it failing, and what became of it is kept', async () => {
  await confirmed(0);
  const id = await runPrivileged('bold');
  expect(await acts()).toEqual([['look', id]]);
  await look(id);
  // The first word, told again: no time passed in between.
  expect(await acts()).toEqual([['look', id]]);
  world.pass(0.1);
  await look(id);
  const [order] = await orders();
  expect(order).toMatchObject({ act: 'stop', container: id });
  await look(id);
  expect(await acts()).toEqual([['stop', id]]);
  const body = { order: order?.id, container: id, outcome: 'stopped' };
  await world.hand('dev-1', 'compliance-stop', body);
  expect(await readStopped(world.store, host, world.now())).toEqual([]);
  await world.hand(host, 'compliance-stop', body);
  expect(await orders()).toEqual([]);
  expect(await readStopped(world.store, host, world.now())).toMatchObject([
    { container: id, name: 'bold', rule: { id: 'production', version: 1 }, failing: ['CTR-001'], outcome: 'stopped' },
  ]);
});

test('a container that passes in the second look goes on', async () => {
  await confirmed(0);
  const id = await runPrivileged('bold');
  world.pass(0.1);
  await world.report(host, { id, name: 'bold' }, calm);
  expect(await orders()).toEqual([]);
  world.pass(0.1);
  await world.report(host, { id, name: 'bold' }, privileged);
  expect(await acts()).toEqual([['look', id]]);
});

test('a second look that is older than a minute asks for another one', async () => {
  await confirmed(0);
  const id = await runPrivileged('bold');
  world.pass(2);
  await world.compliance.judgeHost({ host });
  expect(await acts()).toEqual([['look', id]]);
  await look(id);
  expect(await acts()).toEqual([['stop', id]]);
});

test('a container that the inventory does not know to run is not stopped', async () => {
  await confirmed(0);
  await world.run(host, 'other');
  await world.report(host, { id: 'stranger', name: 'stranger' }, privileged);
  expect(await orders()).toEqual([]);
  expect(await readAlerts(world.store, host)).toMatchObject([{ id: 'stranger', rule: { id: 'production' } }]);
});

test('a rule stops nothing until somebody read what it would stop', async () => {
  const id = await runPrivileged('bold');
  await put(0);
  world.pass(0.1);
  await look(id);
  expect(await orders()).toEqual([]);
  const said = await replay();
  expect(said).toMatchObject({ stopped: 1 });
  await expect(put(1, said, { ...stopping, name: 'Other' })).rejects.toThrow(/not the rule that was tried/);
  expect(await orders()).toEqual([]);
  expect(await waiting()).toEqual([
    ['production', 1],
    ['default', 0],
  ]);
  await put(1, { seal: said.seal, stopped: said.stopped });
  expect(await acts()).toEqual([['stop', id]]);
  expect(await waiting()).toEqual([
    ['production', 0],
    ['default', 0],
  ]);
});

test('what was read of a replay holds for that rule, that answer and an hour', async () => {
  await runPrivileged('bold');
  const said = await replay();
  for (const other of [
    { ...said, stopped: 0 },
    { ...said, stopped: 2 },
    { ...said, seal: said.seal.replace('12:00', '12:01') },
    { ...said, seal: said.seal.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
    { ...said, seal: 'x'.repeat(64) },
  ])
    await expect(put(0, other)).rejects.toThrow(/not the rule that was tried/);
  await expect(put(0, said, { ...stopping, id: 'another' })).rejects.toThrow(/not the rule that was tried/);
  world.pass(60.1);
  await expect(put(0, said)).rejects.toThrow(/tried at 2026-11-30T12:00:00.000Z, which is more than an hour ago/);
  await look();
  const again = await replay();
  await runPrivileged('bolder');
  await expect(put(0, again)).rejects.toThrow(/would stop \d containers? now; \d when it was tried/);
});

test('a rule stops nothing that came into its reach by a wider collection, until that was read', async () => {
  const scoped = { ...stopping, collections: ['few'] };
  await select(['shop']);
  await confirmed(0, scoped);
  const [inside, outside] = [await runPrivileged('web', 'shop'), await runPrivileged('desk', 'office')];
  await select(['shop', 'office']);
  world.pass(0.1);
  await look(inside, outside);
  expect(await acts()).toEqual([['stop', inside]]);
  expect((await readAlerts(world.store, host)).map(({ id }) => id).toSorted()).toEqual([inside, outside].toSorted());
  expect(await waiting()).toEqual([
    ['production', 1],
    ['default', 0],
  ]);
  await confirmed(1, scoped);
  world.pass(0.1);
  await look(outside);
  expect(await acts()).toContainEqual(['stop', outside]);
});

test('a rule stops nothing that another order of rules gives it, or a rule above it that is gone or off', async () => {
  await select(['shop']);
  const sparing = { ...stopping, id: 'sparing', collections: ['few'], running: 'alert' as const };
  await put(0, undefined, sparing);
  await confirmed(0);
  const id = await runPrivileged('web', 'shop');
  world.pass(0.1);
  await look(id);
  expect(await orders()).toEqual([]);
  const without = [
    async () => await world.ask(orderComplianceRules, { body: { order: ['production', 'sparing', 'default'] } }),
    async () => await world.ask(orderComplianceRules, { body: { order: ['sparing', 'production', 'default'] } }),
    async () => await put(1, undefined, { ...sparing, state: 'off' as const }),
    async () => await select(['nothing']),
    async () => await world.ask(deleteComplianceRule, { params: { id: 'sparing' } }),
  ];
  for (const change of without) {
    await change();
    world.pass(0.1);
    await look(id);
    expect(await orders()).toEqual([]);
  }
  await confirmed(1);
  world.pass(0.1);
  await look(id);
  expect(await acts()).toEqual([['stop', id]]);
});

test('a rule stops nothing by a check that is another than the one that was tried', async () => {
  await confirmed(0);
  await world.store
    .query(complianceSchema)
    .updateTable('confirmation')
    .set({ checks: JSON.stringify({ 'CTR-001': 0 }) })
    .execute();
  const id = await runPrivileged('bold');
  world.pass(0.1);
  await look(id);
  expect(await orders()).toEqual([]);
  world.pass(0.1);
  await confirmed(1);
  await look(id);
  expect(await acts()).toEqual([['stop', id]]);
});

test('a check that was written here stops as any other, and not before its new version was tried', async () => {
  const write = async (expression: string, basedOn: number) => {
    const about = { title: 'Own', why: 'Why', remedy: { docker: 'Ours' }, severity: 'high' } as const;
    const check = { ...about, subject: 'container', expression } as const;
    await world.ask(putCustomCheck, { params: { id: 'custom-own' }, body: { check, basedOn } });
    await world.compliance.evaluateOutdated();
  };
  await write('!privileged', 0);
  const rule: ComplianceRuleText = {
    ...stopping,
    lines: [{ checks: { by: 'check', id: 'custom-own' }, effect: 'block' }],
  };
  const { seal, stopped } = await replay(rule);
  await put(0, { seal, stopped }, rule);
  const id = await runPrivileged('bold');
  expect(await acts()).toEqual([['look', id]]);
  await write('!privileged && true', 1);
  world.pass(0.1);
  await look(id);
  expect(await orders()).toEqual([]);
  await expect(put(1, { seal, stopped: 1 }, rule)).rejects.toThrow(/not the rule that was tried/);
  const again = await replay(rule);
  expect(again.stopped).toBe(1);
  await put(1, { seal: again.seal, stopped: 1 }, rule);
  world.pass(0.1);
  await look(id);
  expect(await acts()).toEqual([['stop', id]]);
});

test('of 50 containers that fail, three are stopped, the brake is on, and another confirmation lets it off', async () => {
  await confirmed(0);
  const ids: string[] = [];
  for (let at = 0; at < 50; at++) ids.push(await runPrivileged(`web-${at}`, 'shop'));
  expect((await orders()).every(({ act }) => act === 'look')).toBe(true);
  world.pass(0.1);
  await look(...ids);
  const stops = async () => (await orders()).filter(({ act }) => act === 'stop');
  expect(await stops()).toHaveLength(3);
  expect(await readBrakes(world.store, host)).toMatchObject([{ rule: 'production', name: 'Production', waiting: 47 }]);
  expect(await readAlerts(world.store, host)).toHaveLength(50);
  for (const order of await stops())
    await world.hand(host, 'compliance-stop', { order: order.id, container: order.container, outcome: 'stopped' });
  for (const minutes of [1, 11, 60]) {
    world.pass(minutes);
    await look(...ids);
    expect(await orders()).toEqual([]);
  }
  await confirmed(1);
  expect(await stops()).toHaveLength(3);
  expect(await readBrakes(world.store, host)).toMatchObject([{ since: world.now(), waiting: 47 }]);
}, 120_000);

test('of a small application one container is stopped', async () => {
  await confirmed(0);
  const ids = [await runPrivileged('a', 'tiny'), await runPrivileged('b', 'tiny')];
  world.pass(0.1);
  await look(...ids);
  expect((await orders()).map(({ act }) => act)).toEqual(['stop']);
  expect(await readBrakes(world.store, host)).toMatchObject([{ waiting: 1 }]);
});

test('a host that claims many failing containers has the brake for itself: on others the rule waits, and goes on', async () => {
  await confirmed(0);
  expect(await failingOn('prod-9', 5)).toBe(3);
  expect(await failingOn(host, 3)).toBe(0);
  const stopped = [{ name: 'prod-9', containers: 3 }];
  expect(await readBrakes(world.store, 'prod-9')).toMatchObject([{ rule: 'production', waiting: 2, stopped }]);
  expect(await readBrakes(world.store, host)).toEqual([]);
  expect(await stoppedLaterOn(host)).toBe(3);
});

test('a host that claims containers of an application neither uses up nor raises what may be stopped of it elsewhere', async () => {
  await confirmed(0);
  for (let at = 0; at < 50; at++) await world.run('prod-9', `claimed-${at}`, 'shop');
  expect(await failingOn('prod-9', 2, 'shop')).toBe(2);
  expect(await failingOn(host, 2, 'shop')).toBe(0);
  expect(await readBrakes(world.store, host)).toEqual([]);
  expect(await stoppedLaterOn(host)).toBe(1);
  expect(await readBrakes(world.store, host)).toMatchObject([{ waiting: 1 }]);
});

test('a rule that would stop containers of many hosts stops three in all, and its brake is on', async () => {
  await confirmed(0);
  const stopped: number[] = [];
  for (const on of ['prod-1', 'prod-2', 'prod-3', 'prod-4']) stopped.push(await failingOn(on, 1));
  expect(stopped).toEqual([1, 1, 1, 0]);
  const names = ['prod-1', 'prod-2', 'prod-3'].map((name) => ({ name, containers: 1 }));
  expect(await readBrakes(world.store, 'prod-4')).toMatchObject([{ waiting: 1, stopped: names }]);
  world.pass(11);
  await confirmed(1);
  expect(await readBrakes(world.store, 'prod-4')).toEqual([]);
  expect(await stoppedAt('prod-4')).toBe(1);
});

test('a host that does not answer is no longer asked, and that is kept', async () => {
  await confirmed(0);
  const id = await runPrivileged('bold');
  world.pass(0.1);
  await look(id);
  expect(await acts()).toEqual([['stop', id]]);
  world.pass(1.1);
  expect(await orders()).toEqual([]);
  world.pass(1);
  await world.compliance.watchTime();
  await world.store.idle();
  expect(await readStopped(world.store, host, new Date(0))).toMatchObject([{ outcome: 'unanswered' }]);
  expect(await acts()).toEqual([['look', id]]);
});

test('alerts are one for each subject and rule, and end when it meets the rule', async () => {
  await confirmed(0);
  const id = await runPrivileged('bold');
  const since = world.now();
  world.pass(1);
  await look(id);
  expect(await readAlerts(world.store, host)).toMatchObject([
    { id, rule: { name: 'Production' }, checks: [{ id: 'CTR-001' }], since, place: { environment: 'prod' } },
  ]);
  await world.report(host, { id, name: 'bold' }, calm);
  expect(await readAlerts(world.store, host)).toEqual([]);
});
