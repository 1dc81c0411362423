import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultLimits, openTarget } from '#image/index.ts';
import { dockerArchive } from '../../../test/make/image.ts';
import {
  directory,
  file,
  hardLink,
  makeTar,
  opaque,
  symlink,
  type TarEntry,
  whiteout,
} from '../../../test/make/tar.ts';
import { analyzeTarget } from '../analyze.ts';
import { analyzers } from '../analyzers.ts';
import { codeKindOf } from '../code-file.ts';
import { Catalog, Executable } from '../contract.ts';
import { mergeLayers } from '../merge.ts';
import { unreadLayer } from '../layer-result.ts';
import { createExecutableCollector } from './collect.ts';
import { packedProblem, unpackExecutables } from './packed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-executables-'));
});
afterEach(() => rm(folder, { recursive: true }));

const limits = defaultLimits;

async function scanArchive(path: string, more: { readonly cacheFolder?: string } = {}): Promise<Catalog> {
  const platform = { os: 'linux', architecture: 'amd64' };
  const opened = await openTarget(path, { platform, limits, dockerSocket: '/nowhere' });
  try {
    const { catalog } = await analyzeTarget(opened, { analyzers, limits, executables: 'hashed', ...more });
    expect(Catalog.safeParse(catalog).error).toBeUndefined();
    return catalog;
  } finally {
    await opened.close();
  }
}

async function scan(...layers: readonly (readonly TarEntry[])[]): Promise<Catalog> {
  const path = join(folder, 'image.tar');
  await writeFile(path, dockerArchive(layers.map(makeTar)).bytes);
  return await scanArchive(path);
}

function listed({ executables }: Catalog): readonly Executable[] {
  if (executables === undefined) throw new Error('executables are unknown');
  expect(packedProblem(executables, 100)).toBeUndefined();
  const all = unpackExecutables(executables);
  for (const one of all) expect(Executable.safeParse(one).error).toBeUndefined();
  return all;
}

/** `PATH CONTENT @LAYER`, where one of the texts has the hashes. */
function shown(catalog: Catalog, ...texts: readonly string[]): readonly string[] {
  const named = new Map(texts.map((text) => [hex('sha256', text), text]));
  return listed(catalog).map(({ path, sha256, md5, layer }) => {
    const text = named.get(sha256) ?? '?';
    expect(md5).toBe(hex('md5', text));
    return `${path} ${text} @${layer}`;
  });
}

function hex(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}

const program = (path: string, text: string): TarEntry => file(path, text, 0o755);

describe('executables of an image', () => {
  test('are what may be executed and what is code, by content and by name, and nothing else', async () => {
    const catalog = await scan([
      program('bin/tool', 'tool'),
      file('etc/run', '#!/bin/sh\n'),
      file('opt/lib', '\x7fELF not really'),
      file('srv/a.jar', 'a'),
      file('srv/b.mjs', 'b'),
      file('srv/libx.so.1.2', 'x'),
      program('srv/empty', ''),
      file('srv/__init__.py', ''),
      file('etc/passwd', 'root'),
      file('srv/so.txt', 't'),
      file('srv/#', '#'),
      directory('srv/dir.js'),
    ]);
    expect(listed(catalog).map(({ path, kind, size }) => `${path} ${kind} ${size}`)).toEqual([
      'bin/tool other 4',
      'etc/run script 10',
      'opt/lib elf 15',
      'srv/__init__.py interpreted 0',
      'srv/a.jar java 1',
      'srv/b.mjs interpreted 1',
      'srv/empty other 0',
      'srv/libx.so.1.2 other 1',
    ]);
    expect(listed(catalog).find(({ path }) => path === 'srv/empty')?.sha256).toBe(hex('sha256', ''));
    expect(catalog.executables?.isComplete).toBe(true);
    expect(catalog.analyzers).toContainEqual({ id: 'executables', version: 1 });
  });

  test('stand with the layer that has them as they are; what layers take away or replace is gone', async () => {
    const catalog = await scan(
      [
        program('bin/kept', 'kept'),
        program('bin/changed', 'old'),
        program('bin/removed', 'removed'),
        program('bin/tamed', 'tamed'),
        program('app/one', 'one'),
        program('app/two', 'two'),
        program('lib/inner/three', 'three'),
        program('gone/four', 'four'),
        program('file/five', 'five'),
        program('was/file', 'six'),
      ],
      [
        program('bin/changed', 'new'),
        whiteout('bin/removed'),
        file('bin/tamed', 'tamed', 0o644),
        opaque('app'),
        program('app/seven', 'seven'),
        whiteout('gone'),
        symlink('lib', 'elsewhere'),
        file('file', 'plain'),
        directory('was/file'),
      ],
    );
    const texts = ['kept', 'new', 'old', 'seven'];
    expect(shown(catalog, ...texts)).toEqual(['app/seven seven @1', 'bin/changed new @1', 'bin/kept kept @0']);
  });

  test('that are hard links have the content their file had when the link was made', async () => {
    const catalog = await scan(
      [
        program('bin/first', 'first'),
        hardLink('bin/second', 'bin/first'),
        hardLink('bin/third', 'bin/second'),
        program('bin/first', 'again'),
        file('store/ab12', 'print(1)'),
        hardLink('app/main.py', 'store/ab12'),
        hardLink('app/notes.txt', 'store/ab12'),
      ],
      [hardLink('sbin/late', 'bin/second'), hardLink('app/lost.py', 'nowhere')],
    );
    expect(shown(catalog, 'first', 'again', 'print(1)')).toEqual([
      'app/main.py print(1) @0',
      'bin/first again @0',
      'bin/second first @0',
      'bin/third first @0',
      'sbin/late first @1',
    ]);
    expect(catalog.faults.filter(({ path }) => path === 'app/lost.py')).toMatchObject([{ code: 'corrupt-archive' }]);
    expect(catalog.executables?.isComplete).toBe(false);
  });

  test('have one path where folders are links, the highest layer first', async () => {
    const catalog = await scan(
      [
        directory('usr/bin'),
        symlink('bin', 'usr/bin'),
        program('usr/bin/tool', 'old'),
        symlink('usr/bin/alias', 'tool'),
      ],
      [program('bin/tool', 'new'), program('bin/other', 'other')],
    );
    expect(shown(catalog, 'old', 'new', 'other')).toEqual(['usr/bin/other other @1', 'usr/bin/tool new @1']);
  });

  test('belong to packages', async () => {
    const stanza = 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n';
    const catalog = await scan([
      file('etc/os-release', 'ID=debian\nVERSION_ID="13"\n'),
      file('var/lib/dpkg/status', stanza),
      file('var/lib/dpkg/info/a.list', '/.\n/bin/a\n'),
      symlink('bin', 'usr/bin'),
      program('usr/bin/a', 'a'),
      program('usr/bin/stray', 's'),
      file('app/node_modules/c/package.json', '{"name":"c","version":"3.0.0"}'),
      file('app/node_modules/c/lib/index.js', 'c'),
      file('app/own.js', 'o'),
      file('pnp/.pnp.data.json', '{"packageRegistryData":[["d",[["npm:1.0.0",{}]]],["e",[["npm:1.0.0",{}]]]]}'),
      file('pnp/own.js', 'p'),
    ]);
    expect(catalog.packages.map(({ name }) => name)).toEqual(['a', 'c', 'd', 'e']);
    expect(listed(catalog).map((one) => [one.path, one.package])).toEqual([
      ['app/node_modules/c/lib/index.js', 'pkg:npm/c@3.0.0'],
      ['app/own.js', undefined],
      ['pnp/own.js', undefined],
      ['usr/bin/a', 'pkg:deb/debian/a@1?arch=all&distro=debian-13'],
      ['usr/bin/stray', undefined],
    ]);
  });

  test('with hostile names are listed or are faults, and break nothing', async () => {
    const catalog = await scan([
      program('bin/new\nline', 'n'),
      program('__proto__', 'p'),
      program('constructor.js', 'c'),
      program('../climbing', 'x'),
      program('/absolute', 'x'),
      program('bin/\u{1F30A}.js', 'w'),
      program(`deep/${'d'.repeat(200)}/${'e'.repeat(200)}`, 'd'),
    ]);
    expect(listed(catalog).map(({ path }) => path)).toEqual([
      '__proto__',
      'absolute',
      'bin/new\nline',
      'bin/\u{1F30A}.js',
      'constructor.js',
      `deep/${'d'.repeat(200)}/${'e'.repeat(200)}`,
    ]);
    expect(catalog.faults.map(({ code }) => code)).toContain('unsafe-path');
  });

  test('of a layer that is cut off are listed as far as they were whole, and the list is not complete', async () => {
    const whole = makeTar([program('bin/a', 'a'), program('bin/b', 'b'.repeat(2000))]);
    const path = join(folder, 'image.tar');
    await writeFile(path, dockerArchive([whole.subarray(0, 512 * 4)]).bytes);
    const catalog = await scanArchive(path);
    expect(listed(catalog).map((one) => one.path)).toEqual(['bin/a']);
    expect(catalog.executables?.isComplete).toBe(false);
    expect(catalog.faults.map(({ code }) => code)).toContain('truncated-archive');
  });

  test('beyond the limit are a fault', () => {
    const { watcher, result } = createExecutableCollector();
    for (let index = 0; index < 200_050; index += 1) watcher.file(`p/${index}`, 0, 0o755)?.end();
    const layer = { ...unreadLayer({ code: 'time-limit', message: '' }), verified: true, faults: [] };
    const catalog = mergeLayers([{ ...layer, executables: result() }]);
    expect(catalog.executables?.paths.length).toBe(200_000);
    expect(catalog.executables?.isComplete).toBe(false);
    expect(catalog.faults).toContainEqual(expect.objectContaining({ code: 'executables-limit', layer: 0 }));
  });

  test('come from the cache the same, and a scan that wants none neither lists nor spoils them', async () => {
    const path = join(folder, 'image.tar');
    await writeFile(path, dockerArchive([makeTar([program('bin/a', 'a')])]).bytes);
    const cacheFolder = join(folder, 'cache');
    const first = await scanArchive(path, { cacheFolder });
    expect(await readdir(cacheFolder)).toContain('executables');
    const opened = await openTarget(path, {
      platform: { os: 'linux', architecture: 'amd64' },
      limits,
      dockerSocket: '/nowhere',
    });
    const { catalog } = await analyzeTarget(opened, { analyzers, limits, cacheFolder });
    await opened.close();
    expect(catalog).not.toHaveProperty('executables');
    expect(catalog.analyzers.map(({ id }) => id)).not.toContain('executables');
    expect(await scanArchive(path, { cacheFolder })).toEqual(first);
  });

  test('have the hashes of their bytes however large they are and wherever chunks end', async () => {
    const sizes = [1, 3, 4, 511, 512, 513, 65_535, 65_536, 65_537, 1_000_003];
    const texts = sizes.map((size, index) => String.fromCharCode(97 + index).repeat(size));
    const catalog = await scan(texts.map((text, index) => program(`bin/${index}`, text)));
    expect(listed(catalog).map(({ sha256, md5 }) => [sha256, md5])).toEqual(
      texts.map((text) => [hex('sha256', text), hex('md5', text)]),
    );
  });
});

describe('the kind of a file', () => {
  test('rests on content, then name, then mode', () => {
    const elf = Buffer.from('\x7fELF', 'latin1');
    expect(codeKindOf('a.txt', 0o644, elf)).toBe('elf');
    expect(codeKindOf('a.py', 0o644, Buffer.from('#!/u'))).toBe('script');
    expect(codeKindOf('a.py', 0o644)).toBe('interpreted');
    expect(codeKindOf('a.WAR', 0o644, Buffer.from('PK'))).toBe('java');
    expect(codeKindOf('lib.so.1', 0o644, Buffer.alloc(0))).toBe('other');
    expect(codeKindOf('x/.so.d/readme', 0o644)).toBeUndefined();
    expect(codeKindOf('a', 0o010)).toBe('other');
    expect(codeKindOf('a', 0o644, Buffer.from('#'))).toBeUndefined();
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(0o7777),
        fc.uint8Array(),
        (path, mode, head) => void codeKindOf(path, mode, head),
      ),
    );
  });
});
