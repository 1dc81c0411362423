import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ScanPublication } from '../contract.ts';
import { openTestCounting, type TestCounting } from './counting.testing.ts';
import {
  listBuilds,
  listCountingScans,
  previousBuild,
  recentBuilds,
  readScanRecord,
  type ScanOfSubject,
} from './index.ts';
import { debianPackage, imageScan } from './testing.ts';

const name = 'registry.example/shop/web:1';
const real = imageScan({ content: 'web', names: [name], packages: [debianPackage('curl', '8.0-1')] });

let at: TestCounting;
beforeAll(async () => {
  at = await openTestCounting();
});
afterAll(async () => await at.close());
beforeEach(async () => await at.clear());

test('builds are found by job, repository, target and application, each with the one before', async () => {
  const build = async (content: string, more: Partial<ScanPublication>, of = name) =>
    await at.publish(imageScan({ content, names: [of], packages: [], more }), await at.token('*'));
  const shop = { job: { name: 'shop' }, application: 'shop' };
  const first = await build('1', shop);
  const api = await build('api', shop, 'registry.example/shop/api:1');
  const second = await build('2', shop);
  await build('2', shop);
  const bare = await build('3', {});
  const list = async (filter: Parameters<typeof listBuilds>[1]) =>
    (await listBuilds(at.store, filter, { limit: 10 })).map(({ subject }) => subject);
  expect(await list({ job: 'shop' })).toEqual([second, second, api, first].map(({ subject }) => subject));
  expect(await list({ application: 'shop', repository: 'registry.example/shop/api' })).toEqual([api.subject]);
  expect(await list({ target: name })).toHaveLength(4);
  const before = async (which: ScanOfSubject) => (await previousBuild(at.store, which))?.subject;
  expect(await before(first)).toBeUndefined();
  expect(await before(api)).toBeUndefined();
  expect(await before(second)).toBe(first.subject);
  expect(await before(bare)).toBe(second.subject);
  expect(await readScanRecord(at.store, first.scan)).toMatchObject({ application: 'shop', job: { name: 'shop' } });
});

test('recent builds are what tokens published of images since then, and the newest of them', async () => {
  const [ci, host] = [await at.token('*'), await at.join('pier-1', 'prod')];
  const publish = async (content: string) =>
    await at.publish(imageScan({ content, names: [`${name}-${content}`], packages: [] }), ci);
  await publish('old');
  at.turnTo(new Date('2026-11-25T12:00:00Z'));
  const since = new Date('2026-11-25T00:00:00Z');
  expect(await recentBuilds(at.store, { since, limit: 2 })).toEqual({ builds: [], more: 0 });
  await at.scan(host, real);
  const [first, second, third] = [await publish('1'), await publish('2'), await publish('3')];
  const { builds, more } = await recentBuilds(at.store, { since, limit: 2 });
  expect(builds.map(({ scan, image }) => [scan, image.names])).toEqual([
    [third.scan, [`${name}-3`]],
    [second.scan, [`${name}-2`]],
  ]);
  expect(more).toBe(1);
  expect((await recentBuilds(at.store, { since, limit: 3 })).builds.at(-1)?.scan).toBe(first.scan);
});

test('old scans go when they neither count for something present nor are the newest build', async () => {
  at.turnTo(new Date('2025-01-01T00:00:00Z'));
  const ci = await at.token('*');
  const [prod, dev] = [await at.join('pier-1', 'prod'), await at.join('quay-1', 'dev')];
  const job = { job: { name: 'shop' } };
  const old = await at.publish(imageScan({ content: 'old', names: [name], packages: [], more: job }), ci);
  const twice = await at.publish(real, ci);
  const present = await at.publish(real, ci);
  const last = await at.publish(imageScan({ content: 'last', names: [name], packages: [], more: job }), ci);
  await at.scan(dev, imageScan({ content: 'was on quay-1', names: ['x:1'], packages: [] }));
  await at.prove(present.subject, 'registry.example/shop/web');
  await at.place(prod, present.subject, { name });
  await at.catalog.prune(new Date('2025-06-01T00:00:00Z'));
  expect(await at.announced('scan-forgotten')).toEqual([]);
  await at.catalog.prune(new Date('2026-11-24T00:00:00Z'));
  const kept = await listBuilds(at.store, { target: name }, { limit: 10 });
  expect(kept.map(({ scan }) => scan)).toEqual([last.scan, present.scan]);
  expect(await at.announced('scan-forgotten')).toEqual(
    expect.arrayContaining([old, twice, expect.not.objectContaining({ subject: present.subject })]),
  );
  expect((await listCountingScans(at.store)).map(({ scan }) => scan).toSorted()).toEqual(
    [last.scan, present.scan].toSorted(),
  );
});
