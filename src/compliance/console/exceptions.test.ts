import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { subjectNamed } from '#inventory/console/testing.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import type { CallInput } from '#http/index.ts';
import {
  cancelCheckException,
  decideCheckException,
  getCompliance,
  listCheckExceptions,
  listComplianceRules,
  listTransitions,
  requestCheckException,
} from '../contract.ts';
import { readAlerts } from './alerts.ts';
import { readCheckAnswers } from './standing-subjects.ts';
import { ada, openTestCompliance, privileged, type TestCompliance } from './testing.ts';

let world: TestCompliance;
let shop: { readonly id: string; readonly name: string };
beforeAll(async () => {
  world = await openTestCompliance();
  shop = { id: await world.run('prod-1', 'shop'), name: 'shop' };
  await world.report('prod-1', shop, privileged);
});
afterAll(() => world.close());

const bob = userNamed('bob', ['read', 'request-exceptions', 'approve-exceptions']);
const params = (id = shop.id) => ({ host: 'prod-1', kind: 'container', id }) as const;
const resultOf = async (id = shop.id) =>
  (await world.ask(getCompliance, { params: params(id) })).results?.find((one) => one.id === 'CTR-001');
const inDays = (days: number): string => new Date(world.now().getTime() + days * 24 * 60 * 60_000).toISOString();
const request = async (more: Partial<CallInput<typeof requestCheckException>['body']> = {}) =>
  (
    await world.ask(requestCheckException, {
      body: {
        check: 'CTR-001',
        values: [...((await resultOf())?.values ?? [])],
        reason: 'mitigated',
        explanation: 'It runs alone on its host.',
        expiresAt: inDays(30),
        ...more,
      },
    })
  ).exception;
const decide = async (id: string, decision: 'approve' | 'deny' = 'approve', by = bob) =>
  (await world.ask(decideCheckException, { params: { id }, body: { decision } }, by)).exception;
/** That an image comes from a repository, by a version of a trusted registry; 1 is in force. */
const prove = async (image: string, repository: string, version = 1) => {
  const subject = subjectNamed(image);
  const saved = { id: 'own', version: 1, name: 'own', saved_at: world.now(), saved_by: 'ada', insecure: false };
  const database = world.store.query(provenanceSchema);
  await database
    .insertInto('registry')
    .values({ ...saved, repositories: 'registry.example', authorities: null, user: null, sealed_password: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const place = { registry: 'own', repository, manifest: subject };
  const origin = { state: 'proven', why: 'It lies there.', places: [place] };
  const stored = JSON.stringify({
    provenance: { origin, signatures: [], bases: [] },
    trusted: { registries: { own: version }, keys: {}, bases: {} },
  });
  const row = { stored, hints: '', looked_at: world.now(), due_at: null };
  await database
    .insertInto('proof')
    .values({ subject, ...row })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(row))
    .execute();
  await world.compliance.followOrigin({ subject });
  await world.store.idle();
};
/** As evidence tells of it. */
const answerOf = async () => {
  const asked = { subjects: [params()], now: world.now() };
  const answers = (await readCheckAnswers(world.store, asked)).get(`prod-1 container ${shop.id}`);
  return answers?.find(({ check }) => check === 'CTR-001');
};
const cancel = async (id: string) => await world.ask(cancelCheckException, { params: { id } });
const last = async () =>
  (await world.ask(listTransitions, { params: params(), query: { check: 'CTR-001' } })).transitions[0];

test('an exception holds once another person approved it, and is a transition', async () => {
  expect(await resultOf()).toMatchObject({ state: 'fail', values: ['privileged'] });
  const { id, appliesTo } = await request();
  expect(appliesTo).toBe(1);
  expect(await resultOf()).toMatchObject({ state: 'fail' });
  await expect(decide(id, 'approve', ada)).rejects.toThrow(/decided by another person/);
  expect(await decide(id)).toMatchObject({ state: 'approved', decidedBy: { name: 'bob' } });
  expect(await resultOf()).toMatchObject({ state: 'excepted', until: inDays(30), exceptions: [id] });
  expect(await last()).toMatchObject({ from: 'fail', to: 'excepted' });
  expect(await answerOf()).toEqual({
    check: 'CTR-001',
    state: 'excepted',
    seen: ['privileged'],
    until: inDays(30),
    reason: 'Requested by ada, approved by bob: “It runs alone on its host.”.',
  });
  await expect(decide(id)).rejects.toThrow(/approved already/);
  const { rules } = await world.ask(listComplianceRules, {});
  const [alert] = await readAlerts(world.store, 'prod-1');
  expect([rules[0]?.alerted, alert?.checks.some((check) => check.id === 'CTR-001') ?? false]).toEqual([
    alert === undefined ? 0 : 1,
    false,
  ]);
  await cancel(id);
  expect(await resultOf()).toMatchObject({ state: 'fail' });
});

test('it goes along to a new container while the value is the same, and covers no other one', async () => {
  const { id } = await request({ name: 'shop' });
  await decide(id);
  const next = { id: await world.run('prod-1', 'shop-2'), name: 'shop' };
  await world.report('prod-1', next, privileged);
  expect(await resultOf(next.id)).toMatchObject({ state: 'excepted' });
  const other = { id: await world.run('prod-1', 'other'), name: 'other' };
  await world.report('prod-1', other, privileged);
  expect(await resultOf(other.id)).toMatchObject({ state: 'fail' });
  for (const one of [next, other]) await world.report('prod-1', one);
  await cancel(id);
});

test('one that names a container holds for its image, whoever takes the name', async () => {
  const { id, images } = await request({ name: 'shop' });
  expect(images).toEqual([subjectNamed('shop:1')]);
  await decide(id);
  const impostor = { id: await world.run('prod-1', 'taken', { image: 'evil:1' }), name: 'shop' };
  await world.report('prod-1', impostor, privileged);
  expect(await resultOf()).toMatchObject({ state: 'excepted' });
  expect(await resultOf(impostor.id)).toMatchObject({ state: 'fail' });
  await world.report('prod-1', impostor);
  await cancel(id);
  await expect(request({ name: 'nobody' })).rejects.toThrow(/no image is known of what is called nobody/);
});

test('it goes along to another version that is proven to come from the same repository, and to no other image', async () => {
  const { id } = await request({ name: 'shop' });
  await decide(id);
  const next = { id: await world.run('prod-1', 'shop-next', { image: 'shop:2' }), name: 'shop' };
  await world.report('prod-1', next, privileged);
  const states = async () => [(await resultOf())?.state, (await resultOf(next.id))?.state];
  expect(await states()).toEqual(['excepted', 'fail']);
  await prove('shop:2', 'registry.example/shop');
  expect(await states()).toEqual(['excepted', 'fail']);
  await prove('shop:1', 'registry.example/shop');
  expect(await states()).toEqual(['excepted', 'excepted']);
  expect(await readAlerts(world.store, 'prod-1')).toEqual([]);
  await prove('shop:2', 'registry.example/evil');
  expect(await states()).toEqual(['excepted', 'fail']);
  await prove('shop:2', 'registry.example/shop', 7);
  expect(await states()).toEqual(['excepted', 'fail']);
  await prove('shop:2', 'registry.example/shop');
  const renamed = { id: await world.run('prod-1', 'other-next', { image: 'shop:2' }), name: 'other' };
  await world.report('prod-1', renamed, privileged);
  expect(await resultOf(renamed.id)).toMatchObject({ state: 'fail' });
  await world.report('prod-1', next, { ...privileged, everyDevice: known(true, 'HostConfig.Privileged') });
  expect(await states()).toEqual(['excepted', 'excepted']);
  for (const one of [next, renamed]) await world.report('prod-1', one);
  await cancel(id);
});

test('it holds for the value that it names alone', async () => {
  const { id, appliesTo } = await request({ values: ['a little privileged'] });
  expect(appliesTo).toBe(0);
  await decide(id);
  expect(await resultOf()).toMatchObject({ state: 'fail' });
  await cancel(id);
});

test('its end is a transition and an alert, until the check passes', async () => {
  const { id } = await request({ expiresAt: inDays(1) });
  await decide(id);
  const ended = async () => (await readAlerts(world.store, 'prod-1')).filter(({ source }) => source === 'exception');
  expect(await ended()).toEqual([]);
  world.pass(24 * 60);
  await world.report('prod-1', shop, { ...privileged, user: known('app', 'Config.User') });
  world.pass(1);
  await world.compliance.watchTime();
  await world.store.idle();
  expect(await last()).toMatchObject({ from: 'excepted', to: 'fail' });
  expect(await ended()).toMatchObject([{ id: shop.id, checks: [{ id: 'CTR-001' }] }]);
  const { exceptions } = await world.ask(listCheckExceptions, { query: { state: 'expired' } as never });
  expect(exceptions).toMatchObject([{ id, state: 'expired' }]);
  await world.compliance.judgeHost({ host: 'prod-1' });
  expect(await ended()).toHaveLength(1);
  await world.report('prod-1', shop, { privileged: known(false, 'HostConfig.Privileged') });
  expect(await ended()).toEqual([]);
});

test.each([
  [{ expiresAt: '2028-06-01T00:00:00Z' }, /within a year/],
  [{ expiresAt: '2020-06-01T00:00:00Z' }, /must end in the future/],
  [{ check: 'CTR-9999' }, /there is no check CTR-9999/],
  [{ collections: ['nobody'] }, /nobody/],
])('one of %j is refused', async (more, reason) => {
  await expect(request({ values: ['x'], ...more })).rejects.toThrow(reason);
});

test('who sees a part learns nothing of what is called by a name elsewhere', async () => {
  const selects = JSON.stringify({ environments: ['dev'] });
  const row = { id: 'development', name: 'Development', description: '', environment: null, selects };
  await world.store.query(accessSchema).insertInto('collection').values(row).execute();
  const ofDev = userNamed('noor', ['read', 'request-exceptions'], ['development']);
  const ask = async (name: string) =>
    await world
      .ask(
        requestCheckException,
        {
          body: {
            check: 'CTR-001',
            values: ['privileged'],
            reason: 'mitigated',
            explanation: 'It runs alone.',
            expiresAt: inDays(30),
            name,
            collections: ['development'],
          },
        },
        ofDev,
      )
      .then(
        ({ exception }) => exception.images,
        (error: Error) => error.message.replaceAll(name, 'NAME'),
      );
  expect(await ask('shop')).toBe(await ask('nothing'));
  const wiki = { id: await world.run('dev-1', 'wiki', { image: 'wiki:1' }), name: 'wiki' };
  await world.report('dev-1', wiki, privileged);
  await world.report(
    'prod-1',
    { id: await world.run('prod-1', 'wiki', { image: 'secret:1' }), name: 'wiki' },
    privileged,
  );
  expect(await ask('wiki')).toEqual([subjectNamed('wiki:1')]);
});

test('one that is denied does not hold, and who may not decide cancels none of others', async () => {
  const { id } = await request({ values: ['x'] });
  expect(await decide(id, 'deny')).toMatchObject({ state: 'denied' });
  const { id: open } = await request({ values: ['x'] });
  const eve = userNamed('eve', ['read', 'request-exceptions']);
  await expect(world.ask(cancelCheckException, { params: { id: open } }, eve)).rejects.toThrow(/Only who asked/);
});
