import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userNamed } from '#http/console/testing.ts';
import { outboxSchema as outbox } from '#store/outbox.ts';
import { listAdmissionRules, listDecisions } from '../contract.ts';
import { admissionSchema } from './schema.ts';
import { decision, digestNamed, openTestAdmission, type TestAdmission } from './testing.ts';

const minute = 60_000;

describe('what gates decided', () => {
  let test: TestAdmission;
  beforeAll(async () => {
    test = await openTestAdmission();
    await test.host('prod-1');
    await test.host('dev-1', ['test']);
    await test.collection('production', { environments: ['prod'] });
  });
  afterAll(() => test.close());

  const at = (minutes: number): Date => new Date(test.now().getTime() - minutes * minute);
  const ids = async (query: object, who?: ReturnType<typeof userNamed>): Promise<readonly string[]> =>
    (await test.ask(listDecisions, { query }, who)).decisions.map(({ id }) => id);
  const announced = async (): Promise<readonly string[]> =>
    (await test.store.query(outbox).selectFrom('unclaimed_fact').select('fact').execute()).map(({ fact }) => fact);

  it('is kept once, newest first, and found by page, search, answer, gate, image and time', async () => {
    const reported = [
      decision('one', at(30)),
      decision('two', at(20), { answer: 'allow', effect: 'alert', subject: 'harbour/web:2', principal: 'uid 1000' }),
      decision('three', at(10), { answer: 'allow', effect: 'ignore', gate: 'docker-authorization', ring: 1 }),
    ];
    await test.report('prod-1', 'decision', reported);
    await test.report('prod-1', 'decision', reported);
    expect(await ids({})).toEqual(['three', 'two', 'one']);
    expect(await ids({ limit: 1 })).toEqual(['three']);
    expect(await ids({ before: 'three', limit: 1 })).toEqual(['two']);
    expect(await ids({ offset: 1, limit: 1 })).toEqual(['two']);
    expect(await ids({ id: 'one' })).toEqual(['one']);
    expect(await ids({ environment: 'none' })).toEqual([]);
    expect(await test.ask(listDecisions, { query: { answer: 'allow', limit: 1 } })).toMatchObject({ total: 2 });
    expect(await ids({ search: 'UID 1000' })).toEqual(['two']);
    expect(await ids({ search: '100%' })).toEqual([]);
    expect(await ids({ answer: 'deny' })).toEqual(['one']);
    expect(await ids({ gate: 'docker-authorization' })).toEqual(['three']);
    expect(await ids({ image: digestNamed('shop:1') })).toEqual(['three', 'two', 'one']);
    expect(await ids({ since: at(15).toISOString() })).toEqual(['three']);
    await expect(ids({ before: 'none' })).rejects.toMatchObject({ code: 'bad-request' });
    const { day } = await test.ask(listDecisions, { query: {} });
    expect(day).toMatchObject({ allowed: 1, alerted: 1, denied: 1 });
    expect(day.hours.reduce((sum, { denied }) => sum + denied, 0)).toBe(1);
    const { rules } = await test.ask(listAdmissionRules, {});
    expect(rules.at(-1)?.hits).toEqual({ allowed: 1, alerted: 1, denied: 1 });
  });

  it('shows who sees a part only that, and an agent cannot move its decisions elsewhere', async () => {
    await test.report('dev-1', 'decision', [
      decision('of dev', at(5), { environment: 'prod' }),
      decision('of test', at(4), { environment: 'test' }),
    ]);
    const bob = userNamed('bob', ['read'], ['production']);
    expect(await ids({}, bob)).toEqual(['three', 'two', 'one']);
    expect(await ids({ environment: 'test' })).toEqual(['of test']);
    expect(await ids({ environment: 'dev' })).toEqual(['of dev']);
    expect((await test.ask(listDecisions, { query: {} }, bob)).day.denied).toBe(1);
  });

  it('announces a start that its sensor had not armed', async () => {
    await test.report('prod-1', 'decision', [
      decision('late', at(3), { answer: 'allow', effect: 'ignore', armed: { state: 'late', milliseconds: 100 } }),
      decision('armed', at(3), { answer: 'allow', effect: 'ignore', armed: { state: 'armed', milliseconds: 3 } }),
    ]);
    expect((await announced()).filter((fact) => fact === 'start-unarmed')).toHaveLength(1);
  });

  it('goes when it is as old as containers that ended', async () => {
    await test.admission.prune(new Date(test.now().getTime() + 400 * 24 * 60 * minute));
    expect(await ids({})).toEqual([]);
    expect(await test.store.query(admissionSchema).selectFrom('decision_place').selectAll().execute()).toEqual([]);
  });
});
