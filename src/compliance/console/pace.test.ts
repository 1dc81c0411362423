import { afterEach, beforeEach, expect, test } from 'vitest';
import { getCompliance, listTransitions } from '../contract.ts';
import { limits } from '../limits.ts';
import { complianceSchema } from './schema.ts';
import { calm, openTestCompliance, privileged, type TestCompliance } from './testing.ts';

let world: TestCompliance;
beforeEach(async () => void (world = await openTestCompliance()));
afterEach(() => world.close());

const host = 'prod-1';
/** As if the host had reported so much in the hour that runs, and in the next where a test meets it. */
const spend = async (now: Date, spent: { readonly documents?: number; characters?: number; transitions?: number }) => {
  const none = { documents: 0, characters: 0, transitions: 0, left_transitions: 0 };
  for (const more of [0, 1]) {
    const hour = new Date((Math.floor(now.getTime() / 3_600_000) + more) * 3_600_000);
    const row = { host, hour, ...none, ...spent };
    await world.store
      .query(complianceSchema)
      .insertInto('pace')
      .values(row)
      .onConflict((conflict) => conflict.columns(['host', 'hour']).doUpdateSet(spent))
      .execute();
  }
};
const databaseTime = async () => await world.store.transaction(async (transaction) => await transaction.now());
const documents = async () =>
  (await world.store.query(complianceSchema).selectFrom('document').select('hash').execute()).length;
const subjectOf = async (id: string) =>
  (await world.ask(getCompliance, { params: { host, kind: 'container', id } })).subject;
const refusals = () => [...new Set(world.refused)];

test.each([
  ['documents', { documents: limits.newDocuments.value - 1 }, /more than 15,000 new documents within an hour/],
  [
    'characters',
    { characters: limits.newCharacters.value - 200 },
    /more than 268,435,456 characters of new documents within an hour/,
  ],
] as const)('a host that reports too many new %s within an hour has no more of them kept', async (_, spent, reason) => {
  const [one, two] = [
    { id: await world.run(host, 'one'), name: 'one' },
    { id: await world.run(host, 'two'), name: 'two' },
  ];
  await spend(await databaseTime(), spent);
  await world.report(host, one, calm);
  await world.report(host, two, calm);
  expect(await documents()).toBe(1);
  expect(refusals()).toEqual([]);
  await world.report(host, one, { ...privileged, filler: calm.privileged });
  expect(await documents()).toBe(1);
  expect(refusals()).toEqual([expect.stringMatching(reason)]);
  const { refusedSince } = (await subjectOf(one.id)) ?? expect.unreachable();
  expect(refusedSince).toMatch(/^20/);
  expect(await subjectOf(two.id)).not.toHaveProperty('refusedSince');
  // What others reported before is no new document, and another host has an hour of its own.
  await world.report('dev-1', { id: 'other', name: 'other' }, privileged);
  expect(await documents()).toBe(2);
  await world.report(host, one, privileged);
  expect(await subjectOf(one.id)).not.toHaveProperty('refusedSince');
});

test('a subject that is as it was says no more that something else is not kept', async () => {
  const one = { id: await world.run(host, 'one'), name: 'one' };
  await world.report(host, one, calm);
  await spend(await databaseTime(), { documents: limits.newDocuments.value });
  await world.report(host, one, privileged);
  expect(await subjectOf(one.id)).toHaveProperty('refusedSince');
  await world.report(host, one, calm);
  expect(await subjectOf(one.id)).not.toHaveProperty('refusedSince');
});

test('changes beyond what an hour holds are counted, and how subjects stand is kept all the same', async () => {
  const one = { id: await world.run(host, 'one'), name: 'one' };
  await world.report(host, one, calm);
  const read = async () =>
    await world.ask(listTransitions, { params: { host, kind: 'container', id: one.id }, query: {} as never });
  expect(await read()).not.toHaveProperty('leftOut');
  await spend(world.now(), { transitions: limits.hourlyTransitions.value - 1 });
  await world.report(host, one, privileged);
  expect((await read()).transitions).toMatchObject([{ kind: 'changed', to: 'fail' }, { kind: 'first' }]);
  expect(await read()).not.toHaveProperty('leftOut');
  await world.report(host, one, calm);
  await world.report(host, one, privileged);
  const { transitions, leftOut = [] } = await read();
  expect(transitions).toHaveLength(2);
  expect(leftOut).toEqual([{ hour: '2026-11-30T12:00:00.000Z', changes: 2 }]);
  expect(refusals()).toEqual([expect.stringMatching(/more than 20,000 changes of results within an hour/)]);
  const { results = [] } = await world.ask(getCompliance, { params: { host, kind: 'container', id: one.id } });
  expect(results.find(({ id }) => id === 'CTR-001')).toMatchObject({ state: 'fail' });
  // What time changes is the console's own word.
  world.pass(26);
  await world.compliance.watchTime();
  await world.store.idle();
  expect((await read()).transitions[0]).toMatchObject({ kind: 'changed', from: 'fail', to: 'not-assessed' });
  await world.compliance.prune(new Date('2026-12-30T12:00:00Z'));
  expect((await read()).leftOut).toEqual(leftOut);
  await world.compliance.prune(new Date('2029-12-30T12:00:00Z'));
  expect(await read()).not.toHaveProperty('leftOut');
});
