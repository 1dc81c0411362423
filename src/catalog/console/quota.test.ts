import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import type { Package } from '../contract.ts';
import { limits } from '../limits.ts';
import { excessesIn } from './quota.ts';
import { catalogSchema } from './schema.ts';
import { debianPackage, imageScan, publishTo } from './testing.ts';

const some = (length: number, more: (number: number) => Partial<Package> = () => ({})): readonly Package[] =>
  Array.from({ length }, (_, number) => ({ ...debianPackage(`one-${number}`, '1'), ...more(number) }));
const source = { name: 'linux', version: '1' };

describe('what one image may hold', () => {
  const { packages, packagesOfSource, paths, pathBytes } = limits;

  test.each([
    { what: 'as many packages as may be', held: some(packages.value), message: [] },
    { what: 'one more', held: some(packages.value + 1), message: ['20001 packages'] },
    { what: 'as many of one source', held: some(packagesOfSource.value, () => ({ source })), message: [] },
    { what: 'one more of it', held: some(packagesOfSource.value + 1, () => ({ source })), message: ['source linux'] },
    {
      what: 'as many of each of two sources',
      held: some(packages.value, (number) => ({ source: { ...source, name: `s-${number % 2}` } })),
      message: [],
    },
    {
      what: 'too many files',
      held: some(101, () => ({ files: Array.from({ length: paths.value / 100 }, () => 'a') })),
      message: ['paths and files;'],
    },
    {
      what: 'too long ones',
      held: some(100, () => ({ files: Array.from({ length: 130 }, () => 'a'.repeat(8_000)) })),
      message: [`an image may have ${pathBytes.value}`],
    },
  ])('$what', ({ held, message }) => {
    const excesses = excessesIn({ packages: held });
    expect(excesses).toHaveLength(message.length);
    for (const text of message) expect(excesses[0]).toContain(text);
  });
});

describe('scans of one image', () => {
  let store: Store;
  let now = Date.parse('2026-11-24T12:00:00Z');
  const clock = () => new Date(now++);

  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema]);
  });
  afterAll(() => store.close());

  const kept = async (token: string) =>
    await store
      .query(catalogSchema)
      .selectFrom('scan')
      .select('id')
      .where('witness_key', 'like', `token ${token}%`)
      .orderBy('sequence')
      .execute();

  const publish = async (token: string, packagesHeld: readonly Package[]) =>
    await publishTo(store, imageScan({ content: 'web', names: ['shop/web:1'], packages: packagesHeld }), {
      clock,
      publisher: { kind: 'token', id: token, name: token, repositories: ['*'] },
    });

  test('of one publisher are the newest; another one keeps its own', async () => {
    const first = await publish('other', []);
    const published: string[] = [];
    for (let number = 0; number < limits.scansOfPublisher.value + 3; number++)
      published.push((await publish('many', some(number))).scan);
    expect((await kept('many')).map(({ id }) => id)).toEqual(published.slice(3));
    expect((await kept('other')).map(({ id }) => id)).toEqual([first.scan]);
  });

  test('that hold more than an image may are refused and leave nothing', async () => {
    const before = await kept('many');
    await expect(publish('many', some(limits.packages.value + 1))).rejects.toMatchObject({ code: 'bad-request' });
    expect(await kept('many')).toEqual(before);
  });
});
