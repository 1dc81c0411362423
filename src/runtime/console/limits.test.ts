import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as api from '../contract.ts';
import { countHours, decodeHours, emptyRing, encodeHours } from '../hours.ts';
import { limits } from '../limits.ts';
import { modelIdIn } from '../model-id.ts';
import { readModel } from './models.ts';
import { runtimeSchema } from './schema.ts';
import { behaviour, detection, keyNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const hour = (n: number): Date => new Date(Date.UTC(2026, 10, 24, n));
const web = 'shop/web:1';

describe('what one agent may bring in', () => {
  let at: TestRuntime;

  beforeAll(async () => {
    at = await openTestRuntime();
    await at.run({ name: 'web', image: web, host: 'prod-1' });
    for (const n of [2, 3, 4, 5]) await at.run({ name: `web-${n}`, image: web, host: `prod-${n}` });
    await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'prod-1' });
  });
  afterAll(async () => await at.close());
  beforeEach(async () => {
    at.turnTo(hour(12));
    await sql`truncate runtime.detection, runtime.incident, store.unclaimed_fact cascade`.execute(
      at.store.query(runtimeSchema),
    );
    await sql`delete from runtime.contribution; update runtime.model set evidence = first.evidence
      from (select evidence from runtime.model order by length(evidence) limit 1) as first`.execute(
      at.store.query(runtimeSchema),
    );
  });

  const reported = (from: number, count: number, more: object = {}) =>
    behaviour(web, {
      paths: Array.from({ length: count }, (_, index) => `/bin/p${from + index}`),
      hours: [hour(9)],
      more,
    });
  const size = async () => (await readModel(at.store, modelIdIn(keyNamed(web), 'prod')))?.evidence.items.length ?? 0;

  async function claims(): Promise<readonly string[]> {
    const { rows } = await sql<{ reason: string }>`
      with claimed as (delete from store.unclaimed_fact returning *)
      select payload->>'reason' as reason from claimed where fact = 'claim-refused' order by id`.execute(
      at.store.query(runtimeSchema),
    );
    return rows.map(({ reason }) => reason);
  }

  test('ends at its number of entries of one model; what it has goes on, and an incident says how many are missing', async () => {
    const { value } = limits.entriesOfHost;
    await at.report('prod-1', 'behaviour', [reported(0, value - 1)]);
    expect(await claims()).toEqual([]);
    await at.report('prod-1', 'behaviour', [reported(value - 2, 4)]);
    expect(await size()).toBe(value);
    expect(await claims()).toEqual([expect.stringContaining('2 entries not stored')]);
    await at.report('prod-1', 'behaviour', [reported(0, 10)]);
    expect(await claims()).toEqual([]);
    await at.report('prod-2', 'behaviour', [reported(value, 1)]);
    expect(await size()).toBe(value + 1);
  }, 60_000);

  test('marks hours as lost in one step, however many it lost: nobody waits for it', async () => {
    await at.report('prod-1', 'behaviour', [reported(0, limits.entriesOfHost.value)]);
    const lost = Array.from({ length: 5000 }, (_, index) => ({
      dimension: 'process',
      count: 1,
      at: hour(index % 12).toISOString(),
    }));
    const began = process.cpuUsage();
    await at.report('prod-1', 'loss', lost);
    const { user } = process.cpuUsage(began);
    expect(user / 1e6).toBeLessThan(1.5);
    const model = await readModel(at.store, modelIdIn(keyNamed(web), 'prod'));
    expect(countHours(decodeHours(model?.evidence.dimensions.process?.lost ?? encodeHours(emptyRing)))).toBe(12);
    expect(model?.evidence.items).toHaveLength(limits.entriesOfHost.value);
  }, 60_000);

  test('ends at the number of entries of the model, of all hosts together', async () => {
    const each = limits.entriesOfHost.value;
    for (const n of [1, 2, 3, 4]) await at.report(`prod-${n}`, 'behaviour', [reported(n * each, each)]);
    expect(await size()).toBe(limits.entriesOfModel.value);
    expect(await claims()).toEqual([]);
    await at.report('prod-5', 'behaviour', [reported(0, 1)]);
    expect(await size()).toBe(limits.entriesOfModel.value);
    expect(await claims()).toEqual([expect.stringContaining('1 entry not stored')]);
  }, 120_000);

  test('ends at the length of the review queue', async () => {
    const { value } = limits.reviewQueue;
    await at.report('prod-1', 'behaviour', [reported(0, value, { class: 'forbidden' })]);
    await at.report('prod-1', 'behaviour', [reported(value, 1, { class: 'forbidden' })]);
    await at.report('prod-1', 'behaviour', [reported(value + 1, 1)]);
    expect(await size()).toBe(value + 1);
    expect(await claims()).toEqual([expect.stringContaining('1 entry not stored')]);
  }, 60_000);

  test('opens so many incidents in an hour; further detections are all stored, in one with their number', async () => {
    const { value } = limits.incidentsOfHost;
    const far = (index: number) =>
      detection(`d${index}`, { container: 'web', image: web, time: new Date(hour(11).getTime() - index * 3_600_000) });
    await at.report(
      'prod-1',
      'detection',
      Array.from({ length: value }, (_, index) => far(index)),
    );
    expect(await at.ask(api.listIncidents, {})).toMatchObject({ total: value });
    await at.report('prod-1', 'detection', [far(value), far(value + 1)]);
    await at.report('prod-1', 'detection', [far(value + 2)]);
    await at.report('prod-2', 'detection', [detection('o', { container: 'web-2', image: web, time: hour(11) })]);
    const { incidents, total } = await at.ask(api.listIncidents, { query: { limit: 500 } });
    expect(total).toBe(value + 2);
    const [further] = incidents.filter(({ title }) => title.includes('within an hour'));
    expect(further).toMatchObject({
      host: 'prod-1',
      detections: 3,
      title: expect.stringContaining('3 more detections'),
    });
    expect((await at.ask(api.getIncident, { params: { id: further?.id ?? 0 } })).detections).toHaveLength(3);
    at.turnTo(hour(14));
    await at.report('prod-1', 'detection', [far(value + 3)]);
    expect((await at.ask(api.listIncidents, {})).total).toBe(value + 3);
  }, 60_000);

  test('counts those of one report alike, whatever containers they are of', async () => {
    const { value } = limits.incidentsOfHost;
    const of = (index: number) => detection(`m${index}`, { container: `many-${index}`, image: web, time: hour(11) });
    const reported = Array.from({ length: value + 4 }, (_, index) => of(index));
    await at.report('prod-3', 'detection', reported);
    await at.report('prod-3', 'detection', reported);
    const own = async () =>
      (await at.ask(api.listIncidents, { query: { limit: 500 } })).incidents.filter(({ host }) => host === 'prod-3');
    const [further, ...more] = (await own()).filter(({ title }) => title.includes('within an hour'));
    expect(more).toEqual([]);
    expect(further).toMatchObject({ detections: 4, title: expect.stringContaining('4 more detections') });
    expect(await own()).toHaveLength(value + 1);
    expect((await at.ask(api.getIncident, { params: { id: further?.id ?? 0 } })).detections).toHaveLength(4);
    const again = { container: 'many-0', image: web, time: hour(11) };
    await at.report('prod-3', 'detection', [detection('n0', again), detection('n1', again), of(value + 4)]);
    expect(await own()).toHaveLength(value + 1);
    expect((await own()).filter(({ detections }) => detections === 3)).toHaveLength(1);
    expect((await own()).filter(({ detections }) => detections === 5)).toHaveLength(1);
  }, 60_000);
});
