import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiffId } from '#base/index.ts';
import { sha256 } from '../../test/make/image.ts';
import { directory, file, hardLink, makeTar, opaque, symlink, type TarEntry, whiteout } from '../../test/make/tar.ts';
import { pathsIn } from './path-list.ts';
import { isIntact, readLayer } from './read-layer.ts';
import { defaultLimits, type LayerBlob, type LayerPass, type ScanLimits, type StoredLayer } from './source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-layer-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function blobOf(stored: Uint8Array, tar: Uint8Array, digest?: string): Promise<StoredLayer> {
  files += 1;
  const path = join(folder, String(files));
  await writeFile(path, Buffer.concat([Buffer.from('before'), stored, Buffer.from('after')]));
  const layer = { index: 3, diffId: sha256(tar) as DiffId, size: 0, ...(digest && { digest }) };
  return { kind: 'stored', layer, file: path, offset: 6, length: stored.length };
}

type Contents = Record<string, string>;
async function read(blob: LayerBlob, limits: Partial<ScanLimits> = {}): Promise<LayerPass & { contents: Contents }> {
  const contents: Contents = {};
  const visitor = {
    wants: (path: string) => path.endsWith('.txt'),
    async visit(found: { readonly path: string; readonly content: Uint8Array }) {
      await Promise.resolve();
      contents[found.path] = Buffer.from(found.content).toString();
    },
  };
  return { ...(await readLayer(blob, visitor, { limits: { ...defaultLimits, ...limits } })), contents };
}

const tar = makeTar([
  directory('./etc'),
  file('./etc/a.txt', 'A'),
  file('etc/b.bin', 'B'),
  symlink('etc/link', '../usr'),
  hardLink('etc/hard.txt', './etc/b.bin'),
  hardLink('etc/hard2.txt', 'etc/hard.txt'),
  whiteout('var/gone'),
  opaque('opt'),
]);

describe('readLayer', () => {
  it('lists what a layer adds and removes, and hands over wanted files, linked ones too', async () => {
    const pass = await read(await blobOf(tar, tar));
    expect(pass).toMatchObject({
      size: tar.length,
      entries: 8,
      removed: ['var/gone'],
      opaque: ['opt'],
      directories: ['etc'],
      symlinks: { 'etc/link': '../usr' },
      hardLinks: { 'etc/hard.txt': 'etc/b.bin', 'etc/hard2.txt': 'etc/hard.txt' },
      verified: true,
      faults: [],
      contents: { 'etc/a.txt': 'A', 'etc/hard.txt': 'B', 'etc/hard2.txt': 'B' },
    });
  });

  const long = symlink('a', `${'x/'.repeat(3000)}x`);
  it.each<[string, readonly TarEntry[], readonly string[]]>([
    ['a file', [file('a')], ['a']],
    ['a hard link', [hardLink('a', 'b')], ['a']],
    ['a folder', [directory('a')], []],
    ['a link', [symlink('a', 'b')], []],
    ['a file that became a folder', [file('a'), file('b'), directory('a')], ['b']],
    ['a file that became a link', [file('a'), file('b'), symlink('a', 'b')], ['b']],
    ['a file that became a link to where no path leads', [file('a'), file('b'), long], ['b']],
    ['a folder that became a file', [directory('a'), file('a')], ['a']],
    ['a link that became a file', [symlink('a', 'b'), file('a')], ['a']],
    ['a link to where no path leads that became a file', [long, file('a')], ['a']],
    ['a file that became a folder and a file again', [file('a'), directory('a'), file('a')], ['a']],
  ])('tells what takes the place of folders below: %s', async (_, entries, others) => {
    const layer = makeTar(entries);
    const pass = await read(await blobOf(layer, layer));
    expect(new Set(pathsIn(pass.others))).toEqual(new Set(others));
  });

  it.each([
    ['gzip', gzipSync(tar)],
    ['gzip of several members', Buffer.concat([gzipSync(tar.slice(0, 700)), gzipSync(tar.slice(700))])],
    ['zstd', zstdCompressSync(tar)],
  ])('reads %s and checks both digests', async (_, stored) => {
    const plain = await read(await blobOf(tar, tar));
    expect(await read(await blobOf(stored, tar, sha256(stored)))).toEqual(plain);
    const foreign = await read(await blobOf(stored, tar, sha256('other')));
    expect(foreign).toMatchObject({ verified: false, faults: [{ code: 'corrupt-archive', layer: 3 }] });
    expect(await isIntact(await blobOf(stored, tar, sha256(stored)), defaultLimits)).toBe(true);
    expect(await isIntact(await blobOf(stored, tar, sha256('other')), defaultLimits)).toBe(false);
    expect(await isIntact(await blobOf(stored, tar), defaultLimits)).toBe(true);
    expect(await isIntact(await blobOf(stored, Buffer.from('other')), defaultLimits)).toBe(false);
  });

  it('is not verified when the content is another one', async () => {
    const pass = await read(await blobOf(tar, Buffer.from('other')));
    expect(pass).toMatchObject({ verified: false, faults: [{ code: 'corrupt-archive' }] });
  });

  it('reads a leading slash as the root of the image, as Kaniko writes it', async () => {
    const kaniko = makeTar([
      directory('/'),
      directory('/etc'),
      file('/etc/x.txt', 'x'),
      hardLink('/etc/y.txt', '/etc/x.txt'),
      file('//deep//z.txt', 'z'),
      whiteout('/var/gone'),
    ]);
    const pass = await read(await blobOf(kaniko, kaniko));
    expect(pass.contents).toEqual({ 'etc/x.txt': 'x', 'etc/y.txt': 'x', 'deep/z.txt': 'z' });
    expect(pass).toMatchObject({ directories: ['etc'], removed: ['var/gone'], verified: true, faults: [] });
  });

  it('leaves out climbing paths and such that no file can have, and names them', async () => {
    const hostile = makeTar([
      file(`${'x/'.repeat(3000)}x.txt`, 'x'),
      file('a/../../y.txt', 'y'),
      hardLink('z.txt', '../../etc/shadow'),
      file('good.txt', 'good'),
    ]);
    const pass = await read(await blobOf(hostile, hostile));
    expect(pass.contents).toEqual({ 'good.txt': 'good' });
    expect(pass.faults.map((fault) => fault.code)).toEqual(['unsafe-path', 'unsafe-path', 'unsafe-path']);
  });

  it('reads a file of very many wanted links in time', async () => {
    const links = Array.from({ length: 60_000 }, (_, at) => hardLink(`${at}.txt`, 'a.txt'));
    const many = makeTar([file('a.txt', 'A'), ...links]);
    const { contents } = await read(await blobOf(many, many));
    expect(contents['59999.txt']).toBe('A');
  }, 20_000);

  it('names a hard link to nothing', async () => {
    const dangling = makeTar([hardLink('a.txt', 'nowhere'), hardLink('b.txt', 'b.txt')]);
    const pass = await read(await blobOf(dangling, dangling));
    expect(pass.faults.map(({ code, path }) => [code, path])).toEqual([
      ['corrupt-archive', 'a.txt'],
      ['corrupt-archive', 'b.txt'],
    ]);
  });

  it('stops at its limits, and says at which', async () => {
    const many = makeTar(Array.from({ length: 20 }, (_, index) => file(`${index}.txt`, 'x'.repeat(600))));
    const blob = await blobOf(many, many);
    expect(await read(blob, { layerEntries: 5 })).toMatchObject({
      entries: 5,
      verified: true,
      faults: [{ code: 'entry-limit' }],
    });
    const large = await read(blob, { fileBytes: 599 });
    expect(large).toMatchObject({ contents: {}, verified: true });
    expect(new Set(large.faults.map((fault) => fault.code))).toEqual(new Set(['file-limit']));
    const bomb = gzipSync(Buffer.concat([many, Buffer.alloc(50_000_000)]));
    const stopped = await read(await blobOf(bomb, many), { layerBytes: 1_000_000 });
    expect(stopped).toMatchObject({ verified: false, faults: [{ code: 'unpacked-limit' }] });
    expect(stopped.size).toBeLessThan(3_000_000);
  });

  it('reports the first faults of a kind, and how many more there are', async () => {
    const hostile = makeTar(Array.from({ length: 200 }, (_, index) => file(`../${index}`)));
    const { faults } = await read(await blobOf(hostile, hostile));
    expect(faults).toHaveLength(51);
    expect(faults.at(-1)?.message).toContain('150 more');
  });

  it.each([
    ['plain', tar],
    ['gzip', gzipSync(tar)],
    ['zstd', zstdCompressSync(tar)],
  ])('never throws, hangs or verifies whatever is cut off or changed in %s', async (_, stored) => {
    const damage = fc.record({ length: fc.nat(stored.length), offset: fc.nat(stored.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ length, offset, value }) => {
        const damaged = Buffer.from(stored.slice(0, length));
        if (offset < length) damaged[offset] = value;
        const isWhole = Buffer.compare(damaged, stored) === 0;
        const pass = await read(await blobOf(damaged, tar, sha256(stored)));
        expect(pass.verified).toBe(isWhole);
        expect(pass.faults.length > 0).toBe(!isWhole);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps what it read before a cut', async () => {
    const cut = await read(await blobOf(tar.slice(0, 2000), tar));
    expect(cut.contents).toEqual({ 'etc/a.txt': 'A' });
    expect(cut.faults.map((fault) => fault.code)).toContain('truncated-archive');
  });
});
