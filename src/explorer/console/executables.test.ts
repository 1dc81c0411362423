import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Immutable } from '#base/index.ts';
import { readShownExecutables } from '#catalog/console/index.ts';
import type { PackedExecutables } from '#catalog/contract.ts';
import type { Principal } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listExecutables } from '../contract.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { clock, image } from './sample.testing.ts';
import { ask, type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

const paths = Array.from({ length: 300 }, (_, index) => `usr/bin/tool-${String(index).padStart(3, '0')}`);
const hashOf = (algorithm: string, text: string) => createHash(algorithm).update(text).digest();

function packed(owner: string): PackedExecutables {
  const hashes = paths.flatMap((path) => [hashOf('sha256', path), hashOf('md5', path)]);
  return {
    format: 1,
    isComplete: true,
    paths: [...paths],
    kinds: paths.map((_, index) => (index % 2 === 0 ? 'e' : 's')).join(''),
    sizes: paths.map((_, index) => index),
    modes: paths.map(() => 0o755),
    layers: paths.map((_, index) => (index < 200 ? 0 : 1)),
    hashes: Buffer.concat(hashes).toString('base64'),
    packages: [owner],
    owners: paths.map((_, index) => (index < 10 ? 0 : -1)),
    elf: [{ type: 'executable', needed: ['libc.so.6'] }],
    elfRows: [0],
  };
}

describe('executables of an image on the console', () => {
  let store: Store;
  let estate: Estate;
  let explorer: ExplorerService;
  const plain = image(1, 'shop/web:1', ['openssl']);
  const owner = plain.catalog.packages[0]?.purl ?? '';
  const scanned = { ...plain, catalog: { ...plain.catalog, executables: packed(owner) } };

  beforeAll(async () => {
    store = await createTestStore(estateSchemas);
    estate = await estateOn(store, clock);
    explorer = createExplorer({ store, clock });
    for (const one of [scanned, image(2, 'shop/old:1', [])]) {
      await explorer.refreshSubject(await estate.publish(one));
    }
  });
  afterAll(async () => {
    await estate.close();
    await store.close();
  });

  type Reply = Immutable<ReplyOf<typeof listExecutables>>;
  async function list(number: number, query: object = {}, principal?: Principal): Promise<Reply> {
    const params = { subject: subjectOf(number) };
    const who = principal === undefined ? {} : { principal };
    return (await ask(explorer.routes, listExecutables.path, { params, query, ...who })) as Reply;
  }
  async function found(query: object): Promise<readonly string[]> {
    const reply = await list(1, { limit: 500, ...query });
    return reply.state === 'known' ? reply.executables.map(({ path }) => path) : [];
  }

  test('are listed by page, as they were published', async () => {
    const first = await list(1, { limit: 2 });
    const hex = (algorithm: string) => hashOf(algorithm, 'usr/bin/tool-000').toString('hex');
    expect(first).toMatchObject({ state: 'known', total: 300, isComplete: true });
    expect(first.state === 'known' && first.executables).toEqual([
      {
        path: 'usr/bin/tool-000',
        kind: 'elf',
        size: 0,
        mode: 0o755,
        layer: 0,
        sha256: hex('sha256'),
        md5: hex('md5'),
        package: owner,
        elf: { type: 'executable', needed: ['libc.so.6'] },
      },
      expect.objectContaining({ path: 'usr/bin/tool-001', kind: 'script' }),
    ]);
    expect(await found({ offset: 299 })).toEqual(['usr/bin/tool-299']);
  });

  test('are found by path, package, hash, kind and layer', async () => {
    expect(await found({ search: 'TOOL-17' })).toHaveLength(10);
    expect(await found({ search: 'deb/debian/openssl' })).toHaveLength(10);
    expect(await found({ search: hashOf('md5', 'usr/bin/tool-123').toString('hex') })).toEqual(['usr/bin/tool-123']);
    expect(await found({ kind: 'script', layer: 1 })).toHaveLength(50);
  });

  test('are unknown of a scan that did not look at them, which is not the same as none', async () => {
    expect(await list(2)).toEqual({ state: 'unknown' });
    expect(await readShownExecutables(store, subjectOf(2))).not.toHaveProperty('executables');
    await expect(list(9)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('are shown to nobody who may not see the image', async () => {
    const scoped: Principal = { kind: 'user', id: 's', name: 's', permissions: ['read'], collections: ['other'] };
    await expect(list(1, {}, scoped)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('are refused when they contradict themselves', async () => {
    const wrong = (change: Partial<PackedExecutables>) =>
      estate.publish({ ...scanned, catalog: { ...scanned.catalog, executables: { ...packed(owner), ...change } } });
    for (const change of [
      { hashes: 'AAAA' },
      { kinds: 'e' },
      { layers: paths.map(() => 2) },
      { paths: paths.map(() => 'same') },
      { owners: paths.map(() => 1) },
      { packages: ['pkg:deb/debian/stranger@1'] },
      { elfRows: [300] },
    ])
      await expect(wrong(change)).rejects.toMatchObject({ code: 'bad-request' });
  });
});
