import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ElfOptions, type ElfPart, makeElf } from '../../test/make/elf.ts';
import { apkInstalled, osRelease } from '../../test/make/packages.ts';
import { file, hardLink, symlink, type TarEntry, whiteout } from '../../test/make/tar.ts';
import type { Catalog } from './contract.ts';
import { scanLayers, scanTarget } from './scan.testing.ts';

const fence = '0123456789abcdef';
const modules = `${fence}path\texample.com/app\nmod\texample.com/app\tv1.0.0\t\ndep\texample.com/dep\tv1.2.3\th1:x=\n${fence}`;

function buildInfo(): Buffer {
  const head = Buffer.concat([Buffer.from('\xff Go buildinf:\0\x02', 'latin1'), Buffer.alloc(16)]);
  return Buffer.concat([
    head,
    Buffer.from('\x08go1.21.3'),
    Buffer.from([(modules.length % 128) | 128, modules.length >> 7]),
    Buffer.from(modules),
  ]);
}

const megabyte = 1024 ** 2;
const data = (content: Uint8Array): ElfPart => ({ name: '.go.buildinfo', content, isWritable: true });
const goProgram = (options: ElfOptions = {}) => makeElf([data(buildInfo())], options);
const unknown = (options: ElfOptions = {}) => makeElf([{ name: '.text', content: Buffer.alloc(64) }], options);
const busybox = makeElf([{ name: '.rodata', content: Buffer.from('\0BusyBox v1.36.1 (2024-06-10)\0') }]);
const isDynamic = { isDynamic: true };
const nginxText = { name: '.rodata', content: Buffer.from('\0nginx version: nginx/1.26.3\0') };
const nginx = makeElf([nginxText], isDynamic);
const alpine = [
  osRelease('alpine', '3.20.3'),
  apkInstalled([{ name: 'made', version: '1-r0', origin: 'made', files: ['usr/sbin/nginx'] }]),
];
const program = (path: string, content: Uint8Array): TarEntry => file(path, content, 0o755);

const debian = [
  file('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n'),
  file('var/lib/dpkg/status', 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n'),
  file('var/lib/dpkg/info/a.list', '/.\n/usr/bin/a\n/usr/bin/b\n'),
];

const go = 'example.com/app example.com/dep stdlib';
const system = 'a';

interface Case {
  readonly what: string;
  readonly layers: readonly (readonly TarEntry[])[];
  readonly found: string;
  /** Codes of faults with their paths. */
  readonly faults?: string;
}

const cases: readonly Case[] = [
  { what: 'one Go program', layers: [[program('app', goProgram())]], found: go },
  { what: 'a Go program that may not be executed', layers: [[file('app', goProgram())]], found: go },
  {
    what: 'BusyBox by the name of one of its programs',
    layers: [[program('bin/[', busybox), hardLink('bin/sh', 'bin/[')]],
    found: 'busybox',
  },
  {
    what: 'programs that tell nothing',
    layers: [[program('hello', unknown()), program('bin/other', unknown({ isDynamic: true }))]],
    found: '',
    faults: 'nothing-recognised: unidentified-package:bin/other unidentified-package:hello',
  },
  {
    what: 'one that tells nothing beside one that does',
    layers: [[program('app', goProgram()), program('hello', unknown())]],
    found: go,
    faults: 'unidentified-package:hello',
  },
  {
    what: 'a program by a hard link, its first name removed',
    layers: [[program('opt/app', goProgram()), hardLink('bin/app', 'opt/app')], [whiteout('opt/app')]],
    found: go,
  },
  {
    what: 'a program by hard links of which one is left',
    layers: [
      [program('opt/app', unknown()), hardLink('bin/app', 'opt/app'), hardLink('bin/b', 'bin/app')],
      [whiteout('opt'), file('bin/app', 'x')],
    ],
    found: '',
    faults: 'nothing-recognised: unidentified-package:bin/b',
  },
  {
    what: 'a program and a hard link, both removed',
    layers: [
      [program('opt/app', goProgram()), hardLink('bin/app', 'opt/app')],
      [whiteout('opt'), whiteout('bin')],
    ],
    found: '',
    faults: 'nothing-recognised:',
  },
  { what: 'a program called as a plug-in', layers: [[program('app.hpi', goProgram())]], found: go },
  { what: 'a program called as a manifest', layers: [[program('srv/package.json', goProgram())]], found: go },
  {
    what: 'a program in the place of a list of Python',
    layers: [[program('x.dist-info/METADATA', goProgram())]],
    found: go,
    faults: 'corrupt-package:x.dist-info/METADATA',
  },
  {
    what: 'a plug-in that a later entry of the layer replaces',
    layers: [[program('app.hpi', goProgram()), file('app.hpi', 'x')]],
    found: '',
    faults: 'nothing-recognised:',
  },
  { what: 'no program', layers: [[file('data', 'x')]], found: '', faults: 'nothing-recognised:' },
  {
    what: 'a program that a later layer removes',
    layers: [[program('app', goProgram())], [whiteout('app')]],
    found: '',
    faults: 'nothing-recognised:',
  },
  {
    what: 'a program that a later layer replaces',
    layers: [[program('app', unknown())], [program('app', goProgram())]],
    found: go,
  },
  {
    what: 'a program that text replaces',
    layers: [[program('app', goProgram()), file('x', 'y')], [file('app', 'text')]],
    found: '',
    faults: 'nothing-recognised:',
  },
  { what: 'one path twice in a layer', layers: [[program('app', unknown()), program('app', goProgram())]], found: go },
  {
    what: 'programs of a system',
    layers: [[...debian, program('usr/bin/a', unknown()), program('usr/bin/b', busybox)]],
    found: system,
  },
  {
    what: 'a program whose text lies far from its beginning',
    layers: [
      [
        program('bin/nginx', makeElf([{ name: '.text', content: Buffer.alloc(20 * megabyte) }, nginxText], isDynamic)),
        program('bin/other', makeElf([{ name: '.text', content: Buffer.alloc(20 * megabyte) }, nginxText], isDynamic)),
      ],
    ],
    found: 'nginx',
    faults: 'unidentified-package:bin/other',
  },
  {
    what: 'a program of a package of apk',
    layers: [[...alpine, program('usr/sbin/nginx', nginx)]],
    found: 'made',
  },
  {
    what: 'a copy of a program of a package, which nobody owns',
    layers: [[...alpine, program('usr/sbin/nginx', nginx)], [program('opt/nginx', nginx)]],
    found: 'made nginx',
  },
  {
    what: 'a program of which a later layer makes another version',
    layers: [[...alpine, program('usr/sbin/nginx', nginx)], [program('usr/sbin/nginx', unknown({ isDynamic: true }))]],
    found: 'made',
  },
  {
    what: 'static programs beside a system, and one that is linked to its libraries',
    layers: [
      [
        ...debian,
        program('opt/static', unknown()),
        program('opt/linked', unknown({ isDynamic: true })),
        program('opt/sh', busybox),
      ],
    ],
    found: `${system} busybox`,
    faults: 'unidentified-package:opt/static',
  },
  {
    what: 'a program of a package of a language',
    layers: [
      [
        file('app/node_modules/x/package.json', '{"name":"x","version":"1.0.0"}'),
        program('app/node_modules/x/bin/x', unknown()),
      ],
    ],
    found: 'x',
  },
  {
    what: 'programs that a Python package lists, and one that its copy in another folder does not',
    layers: [
      [
        ...['x', 'y'].map((folder) => file(`${folder}/lib/a_b-1.dist-info/METADATA`, 'Name: a.b\nVersion: 1\n')),
        file('x/lib/a_b-1.dist-info/RECORD', '../bin/a,,\na/a.so,,\n'),
        ...['x/bin/a', 'x/lib/a/a.so', 'y/bin/a'].map((path) => program(path, unknown())),
      ],
    ],
    found: 'a.b',
    faults: 'unidentified-package:y/bin/a',
  },
  {
    what: 'a Go program whose data lie far from its beginning',
    layers: [[program('app', goProgram({ gap: 20 * megabyte }))]],
    found: go,
  },
  {
    what: 'one whose build information lies behind more data than are kept',
    layers: [
      [
        program(
          'app',
          makeElf([{ name: '.data', content: Buffer.alloc(60 * megabyte), isWritable: true }, data(buildInfo())]),
        ),
        symlink('link', 'app'),
      ],
    ],
    found: go,
  },
];

function reported({ packages, faults }: Catalog) {
  const names = [...new Set(packages.map(({ name }) => name))].toSorted();
  const codes = faults.map(({ code, path = '' }) => `${code}:${path}`).toSorted();
  return { found: names.join(' '), faults: codes.join(' ') };
}

describe('an image with', () => {
  test.each(cases.map((one) => [one.what, one] as const))('%s', async (_, { layers, found, faults = '' }) => {
    expect(reported(await scanLayers(layers))).toEqual({ found, faults });
    expect(reported(await scanLayers(layers, 'hashed'))).toEqual({ found, faults });
  });

  test('many unknown programs names some of them, and says how many more there are', async () => {
    const { faults } = await scanLayers([Array.from({ length: 60 }, (_, at) => program(`bin/${at}`, unknown()))]);
    expect(faults).toHaveLength(52);
    expect(faults.at(-2)).toMatchObject({ message: expect.stringMatching(/^10 more programs/), count: 10 });
  });
});

test('a folder shows libraries that are known by a text, which nobody may execute, and no others', async () => {
  const root = mkdtempSync(join(tmpdir(), 'seawall-programs-'));
  const curl = { name: '.rodata', content: Buffer.from('\0libcurl/8.14.1\0') };
  const library = makeElf([{ name: '.text', content: Buffer.alloc(3 * megabyte) }, curl], isDynamic);
  writeFileSync(join(root, 'libcurl.so.4.8.0'), library, { mode: 0o644 });
  writeFileSync(join(root, 'libother.so.4.8.0'), library, { mode: 0o644 });
  const catalog = await scanTarget(`dir:${root}`);
  rmSync(root, { recursive: true });
  expect(catalog.packages.map(({ name, version, paths }) => [name, version, ...paths])).toEqual([
    ['curl', '8.14.1', 'libcurl.so.4.8.0'],
  ]);
});

test('a folder tells of its programs as an image does', async () => {
  const root = mkdtempSync(join(tmpdir(), 'seawall-programs-'));
  writeFileSync(join(root, 'app'), goProgram({ gap: 20 * megabyte }), { mode: 0o755 });
  writeFileSync(join(root, 'hello'), unknown(), { mode: 0o755 });
  writeFileSync(join(root, 'text'), 'text', { mode: 0o755 });
  const catalog = await scanTarget(`dir:${root}`);
  rmSync(root, { recursive: true });
  expect(reported(catalog)).toEqual({ found: go, faults: 'unidentified-package:hello' });
});
