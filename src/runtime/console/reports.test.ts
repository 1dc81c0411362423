import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { entryKeyOf } from '../entry-key.ts';
import { modelIdIn } from '../model-id.ts';
import { readModel } from './models.ts';
import { runtimeSchema } from './schema.ts';
import {
  behaviour,
  containerNamed,
  detection,
  digestNamed,
  keyNamed,
  openTestRuntime,
  type TestRuntime,
} from './testing.ts';

const hour = (n: number): Date => new Date(Date.UTC(2026, 10, 24, n));

describe('what agents report', () => {
  let at: TestRuntime;

  beforeAll(async () => {
    at = await openTestRuntime();
  });
  afterAll(async () => await at.close());
  beforeEach(async () => {
    at.turnTo(hour(12));
    await sql`truncate runtime.model, runtime.running, runtime.detection, runtime.incident, runtime.sensor,
      inventory.host, store.unclaimed_fact cascade`.execute(at.store.query(runtimeSchema));
  });

  const modelOf = async (image: string) => await readModel(at.store, modelIdIn(keyNamed(image), 'prod'));

  async function rows<Row>(statement: ReturnType<typeof sql<Row>>): Promise<readonly Row[]> {
    return (await statement.execute(at.store.query(runtimeSchema))).rows;
  }

  async function announced(): Promise<readonly string[]> {
    const found = await rows(
      sql<{ fact: string }>`with claimed as (delete from store.unclaimed_fact returning *)
        select fact from claimed where fact like 'model%' or fact like 'incident%' or fact like 'sensor%' order by id`,
    );
    return found.map(({ fact }) => fact);
  }

  test('makes a model when a container runs for the first time, and none for the next of the same', async () => {
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    expect(await announced()).toEqual(['model-appeared', 'model-changed', 'models-placed']);
    expect(await modelOf('shop/web:1')).toMatchObject({ state: 'learning', version: 1, evidence: { items: [] } });
    await at.run({ name: 'web-2', image: 'shop/web:1', host: 'prod-1' });
    await at.run({ name: 'web-3', image: 'shop/web:1', host: 'prod-2' });
    expect(await announced()).toEqual(['models-placed', 'models-placed']);
    await at.runtime.followHost({ host: 'prod-2' });
    expect(await announced()).toEqual([]);
    expect(await rows(sql`select host, environment from runtime.running order by host, container`)).toHaveLength(3);
  });

  test('is another version once a line was seen often enough to be let run, though no state changed', async () => {
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    const weeks = Array.from({ length: 400 }, (_, index) => hour(11 - index));
    const more = { class: 'notable', state: 'unconfirmed' } as const;
    const shellAt = (...hours: readonly number[]) =>
      behaviour('shop/web:1', { paths: ['/bin/sh'], hours: hours.map(hour), more });
    const servedAt = (...hours: readonly Date[]) => behaviour('shop/web:1', { paths: ['/serve'], hours });
    await at.report('prod-1', 'behaviour', [servedAt(...weeks), servedAt(hour(-1)), servedAt(hour(-2))]);
    await at.report('prod-1', 'behaviour', [shellAt(0, 1)]);
    const twice = await modelOf('shop/web:1');
    await at.report('prod-1', 'behaviour', [servedAt(hour(2))]);
    expect((await modelOf('shop/web:1'))?.version).toBe(twice?.version);
    await at.report('prod-1', 'behaviour', [shellAt(2)]);
    const thrice = await modelOf('shop/web:1');
    expect(thrice?.version).toBe((twice?.version ?? 0) + 1);
    expect(thrice?.evidence.items.find(({ fact }) => fact.path === '/bin/sh')?.state).toBe('unconfirmed');
  });

  test('merges what two hosts saw, whatever comes twice or late', async () => {
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await at.run({ name: 'web-2', image: 'shop/web:1', host: 'prod-2' });
    const early = behaviour('shop/web:1', { paths: ['/serve', '/bin/cat'], hours: [hour(8)] });
    const late = behaviour('shop/web:1', { paths: ['/serve'], hours: [hour(11)] });
    await at.report('prod-1', 'behaviour', [late]);
    await at.report('prod-2', 'behaviour', [early]);
    const merged = await modelOf('shop/web:1');
    expect(merged?.evidence.items.map(({ fact }) => fact)).toMatchObject([{ path: '/bin/cat' }, { path: '/serve' }]);
    await announced();
    await at.report('prod-2', 'behaviour', [early, early]);
    await at.report('prod-1', 'behaviour', [late]);
    expect(await announced()).toEqual([]);
    expect(await modelOf('shop/web:1')).toEqual(merged);
  });

  test('refuses evidence of an image that the host does not hold', async () => {
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'test-1' });
    const reported = behaviour('shop/web:1', { paths: ['/bin/nc'], hours: [hour(9)] });
    await expect(at.report('test-1', 'behaviour', [reported])).rejects.toMatchObject({ code: 'claim-refused' });
    expect((await modelOf('shop/web:1'))?.evidence.items).toEqual([]);
  });

  test('lets no agent speak for people, for the future or under another name', async () => {
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    const more = {
      key: 'process "/serve"',
      class: 'forbidden',
      state: 'confirmed',
      source: 'user',
      decidedBy: 'ada',
      decidedAt: hour(9).toISOString(),
    } as const;
    const reported = behaviour('shop/web:1', { paths: ['/bin/nc'], hours: [hour(9), hour(200)], more });
    await at.report('prod-1', 'behaviour', [reported]);
    const [entry, ...others] = (await modelOf('shop/web:1'))?.evidence.items ?? [];
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ state: 'review', source: 'learned' });
    expect(entry).not.toHaveProperty('decidedBy');
    expect(entry?.key).toBe(entryKeyOf({ dimension: 'process', path: '/bin/nc', caller: '/serve' }));
    const usual = behaviour('shop/web:1', { paths: [], hours: [hour(9)] });
    expect(entry?.run.base).toBe(usual.evidence.dimensions.process?.exposure.base);
  });

  test('marks a model partial where events were lost', async () => {
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'prod-1' });
    const loss = { dimension: 'process', count: 3, at: hour(11).toISOString() };
    await at.report('prod-1', 'loss', [{ ...loss, container: containerNamed('web') }]);
    expect(await modelOf('shop/web:1')).toMatchObject({ partial: true, version: 2 });
    expect(await modelOf('shop/wiki:1')).toMatchObject({ partial: false });
    await at.report('prod-1', 'loss', [loss]);
    expect(await modelOf('shop/wiki:1')).toMatchObject({ partial: true });
  });

  test('stores a detection once, where it was made', async () => {
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    const one = detection('d1', { container: 'web', image: 'shop/web:1', time: hour(11) });
    await at.report('prod-1', 'detection', [one, one]);
    await at.report('prod-1', 'detection', [one]);
    const stored = await rows(sql`select host, id, environment, digest, model from runtime.detection`);
    const model = modelIdIn(keyNamed('shop/web:1'), 'prod');
    expect(stored).toEqual([
      { host: 'prod-1', id: 'd1', environment: 'prod', digest: digestNamed('shop/web:1'), model },
    ]);
  });

  test('keeps of a sensor what it told last', async () => {
    const working = { state: 'working', mechanisms: [], lost: 0, throttled: 0 };
    await at.report('prod-1', 'sensor', [working]);
    await at.report('prod-1', 'sensor', [working]);
    await at.report('prod-1', 'sensor', [working, { ...working, state: 'away', reason: 'It died.' }]);
    expect(await announced()).toEqual(['sensor-changed', 'sensor-changed']);
    expect(await rows(sql`select fact->>'state' as state from runtime.sensor`)).toEqual([{ state: 'away' }]);
  });

  test('knows since when a sensor has been in its state, whatever else it tells', async () => {
    const working = { state: 'working', mechanisms: [], lost: 0, throttled: 0 };
    const stored = () => rows(sql`select since, told_at, (fact->>'lost')::int as lost from runtime.sensor`);
    await at.report('prod-1', 'sensor', [working]);
    at.turnTo(hour(14));
    await at.report('prod-1', 'sensor', [{ ...working, lost: 3 }]);
    expect(await stored()).toEqual([{ since: hour(12), told_at: hour(14), lost: 3 }]);
    at.turnTo(hour(15));
    await at.report('prod-1', 'sensor', [{ ...working, state: 'away', reason: 'It died.' }]);
    expect(await stored()).toEqual([{ since: hour(15), told_at: hour(15), lost: 0 }]);
  });
});
