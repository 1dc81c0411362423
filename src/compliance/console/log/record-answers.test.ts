import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckState } from '../../contract.ts';
import { limits } from '../../limits.ts';
import { complianceSchema } from '../schema.ts';
import { calm, openTestCompliance, privileged, type TestCompliance } from '../testing.ts';
import { readChangesBetween } from './changes-between.ts';
import { readStatuses } from './read-statuses.ts';
import { recordAnswers, type SubjectAnswers } from './record-answers.ts';
import { readStates } from './read-statuses.ts';
import { readSubjectsAt } from './states-at.ts';

let world: TestCompliance;
beforeEach(async () => void (world = await openTestCompliance()));
afterEach(() => world.close());

const gate = '4.1.5/gate-refuses';
const answered = (state: CheckState, more: Partial<SubjectAnswers> = {}): SubjectAnswers => ({
  kind: 'host',
  id: 'prod-1',
  name: 'prod-1',
  environment: 'prod',
  states: { [gate]: { state, version: 1 } },
  ...more,
});
const record = async (answers: readonly SubjectAnswers[], host = 'prod-1') =>
  await world.store.transaction(
    async (transaction) => await recordAnswers(transaction, { host, now: world.now(), answers }),
  );
const rows = async () =>
  await world.store
    .query(complianceSchema)
    .selectFrom('transition')
    .select(['source', 'kind', 'change', 'check_id as check', 'from_state as from', 'to_state as to'])
    .where('source', '=', 'answers')
    .orderBy('sequence')
    .execute();
const readAt = async (at: Date, known?: Date) => {
  const subjects = await readSubjectsAt(world.store, { at, known });
  const ids = subjects.flatMap(({ checks, answers }) => [checks ?? [], answers ?? []].flat());
  return { subjects, states: await readStates(world.store, new Set(ids)) };
};
const statesOf = async (at: Date, known?: Date) => {
  const { subjects, states } = await readAt(at, known);
  return subjects.map(({ kind, name, answers = '' }) => ['answers', kind, name, states.get(answers)?.[gate]?.state]);
};

describe('answers of other domains', () => {
  it('leave a line for the first look, each change and the end, and none for what stays', async () => {
    await record([answered('pass'), answered('pass', { kind: 'console', id: 'console', name: 'console' })]);
    await record([answered('pass'), answered('pass', { kind: 'console', id: 'console', name: 'console' })]);
    await record([answered('fail')]);
    await record([]);
    const head = { source: 'answers', check: null, from: null, to: null };
    expect(await rows()).toEqual([
      { ...head, kind: 'host', change: 'first' },
      { ...head, kind: 'console', change: 'first' },
      { ...head, kind: 'console', change: 'ended' },
      { ...head, kind: 'host', change: 'changed', check: gate, from: 'pass', to: 'fail' },
      { ...head, kind: 'host', change: 'ended' },
    ]);
  });

  it('are those of one host', async () => {
    await record([answered('pass')]);
    await record([], 'prod-2');
    expect(await rows()).toHaveLength(1);
  });

  it('keep where their subject is without a line', async () => {
    await record([answered('pass')]);
    await record([answered('pass', { environment: 'test' })]);
    expect(await rows()).toHaveLength(1);
    expect((await readStatuses(world.store, {})).groups).toMatchObject([{ environment: 'test', subjects: 1 }]);
  });

  it('are bounded by the pace of their host, and say what is left out', async () => {
    const hour = new Date(Math.floor(world.now().getTime() / 3_600_000) * 3_600_000);
    const spent = { documents: 0, characters: 0, transitions: limits.hourlyTransitions.value - 1, left_transitions: 0 };
    await world.store
      .query(complianceSchema)
      .insertInto('pace')
      .values({ host: 'prod-1', hour, ...spent })
      .execute();
    await record([answered('pass'), answered('pass', { id: 'other' })]);
    await world.store.idle();
    expect(await rows()).toHaveLength(1);
    expect(world.refused).toEqual([expect.stringMatching(/more than 20,000 changes of results/)]);
    const { groups } = await readStatuses(world.store, { host: 'prod-1' });
    expect(groups).toMatchObject([{ subjects: 2 }]);
  });
});

describe('how all stands now', () => {
  it('is told for equal subjects together, with checks and answers apart', async () => {
    for (const name of ['one', 'two'])
      await world.report('prod-1', { id: await world.run('prod-1', name), name }, calm);
    await world.report('prod-1', { id: await world.run('prod-1', 'odd'), name: 'odd' }, privileged);
    await record([answered('fail')]);
    const { groups, states } = await readStatuses(world.store, {});
    expect(groups.map(({ source, kind, subjects }) => [source, kind, subjects]).toSorted()).toEqual([
      ['answers', 'host', 1],
      ['checks', 'container', 1],
      ['checks', 'container', 2],
    ]);
    for (const { status } of groups) expect(states.has(status)).toBe(true);
    expect((await readStatuses(world.store, { host: 'dev-1' })).groups).toEqual([]);
  });
});

describe('how all stood', () => {
  it('is the newest row that was so, and known, by then', async () => {
    const times = [world.now()];
    await record([answered('pass')]);
    for (const state of ['fail', 'warn'] as const) {
      world.pass(60);
      times.push(world.now());
      await record([answered(state)]);
    }
    world.pass(60);
    times.push(world.now());
    await record([]);
    const [first = world.now(), second = first, third = first, last = first] = times;
    const before = (time: Date): Date => new Date(time.getTime() - 1);
    expect(await statesOf(before(first))).toEqual([]);
    expect(await statesOf(first)).toEqual([['answers', 'host', 'prod-1', 'pass']]);
    expect(await statesOf(before(second))).toEqual([['answers', 'host', 'prod-1', 'pass']]);
    expect(await statesOf(second)).toEqual([['answers', 'host', 'prod-1', 'fail']]);
    expect(await statesOf(before(last))).toEqual([['answers', 'host', 'prod-1', 'warn']]);
    expect(await statesOf(last)).toEqual([]);
    expect(await statesOf(last, third)).toEqual([['answers', 'host', 'prod-1', 'warn']]);
    expect(await readSubjectsAt(world.store, { at: first, hosts: ['dev-1'] })).toEqual([]);
  });

  it('tells what was so, and apart from that what was known', async () => {
    const at = world.now();
    const later = new Date(at.getTime() + 60 * 60_000);
    await record([answered('pass')]);
    const nothing = { application: null, environment: null, check_id: null, from_state: null, to_state: null };
    const subject = { source: 'answers', host: 'prod-1', kind: 'host', id: 'prod-1', name: 'prod-1' } as const;
    const ofHost = { ...subject, ...nothing, status: null, checks: null, facts: null };
    await world.store
      .query(complianceSchema)
      .insertInto('transition')
      .values({ observed_at: at, received_at: later, ...ofHost, change: 'ended', silent: false })
      .execute();
    expect(await statesOf(at)).toEqual([]);
    expect(await statesOf(at, at)).toEqual([['answers', 'host', 'prod-1', 'pass']]);
  });

  it('is exact for checks, through changes and silence', async () => {
    const shop = { id: await world.run('prod-1', 'shop'), name: 'shop' };
    await world.report('prod-1', shop, calm);
    const calmAt = world.now();
    world.pass(5);
    await world.report('prod-1', shop, privileged);
    const privilegedAt = world.now();
    world.pass(26);
    await world.compliance.watchTime();
    await world.store.idle();
    const states = async (at: Date) => {
      const then = await readAt(at);
      return then.subjects.map(({ checks = '' }) => then.states.get(checks)?.['CTR-001']?.state);
    };
    expect([await states(calmAt), await states(privilegedAt), await states(world.now())]).toEqual([
      ['pass'],
      ['fail'],
      ['not-assessed'],
    ]);
  });
});

describe('what changed between two moments', () => {
  it('is told of those that were asked for, the newest first, a page at a time', async () => {
    const from = world.now();
    await record([answered('pass')]);
    for (const state of ['fail', 'pass', 'warn'] as const) {
      world.pass(60);
      await record([answered(state)]);
    }
    const read = async (asked: object) => {
      const page = { from, to: world.now(), limit: 100, offset: 0 };
      const { changes, total } = await readChangesBetween(world.store, { ...page, ...asked });
      return [changes.map(({ to_state }) => to_state), total];
    };
    expect(await read({})).toEqual([['warn', 'pass', 'fail'], 3]);
    expect(await read({ limit: 1, offset: 1 })).toEqual([['pass'], 3]);
    expect(await read({ to: new Date(from.getTime() + 60 * 60_000) })).toEqual([['fail'], 1]);
    expect(await read({ from: new Date(from.getTime() + 60 * 60_000) })).toEqual([['warn', 'pass'], 2]);
    expect(await read({ checks: [gate], hosts: ['prod-1'], environment: 'prod' })).toEqual([
      ['warn', 'pass', 'fail'],
      3,
    ]);
    for (const other of [{ checks: ['CTR-001'] }, { hosts: [] }, { environment: 'none' }, { application: 'shop' }])
      expect(await read(other)).toEqual([[], 0]);
  });
});
