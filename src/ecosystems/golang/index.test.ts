import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { elfBase, makeElf } from '../../../test/make/elf.ts';
import { programOf, wholeSpans } from '../program.ts';
import { versionsInFeed } from '../testing.ts';
import { golang } from './index.ts';
import { libraryVersion, parseModules } from './modules.ts';
import { golang as reader } from './reader.ts';

function analysisOf(bytes: Uint8Array) {
  const program = programOf({ path: 'app', size: bytes.length, bytes: wholeSpans(bytes), isWhole: true });
  const analysis = program && reader.program?.(program);
  return analysis === 'not-at-hand' ? undefined : analysis;
}

function told(bytes: Uint8Array): string {
  const { packages = [], faults = [] } = analysisOf(bytes) ?? {};
  const lines = packages.map(({ name, version }) => `${name} ${version}`).toSorted();
  return [...lines, ...faults.map(({ code }) => code)].join('\n');
}

const fence = '0123456789abcdef';
const mod = (text: string): string => `${fence}${text}${fence}`;
const lines = 'path\texample.com/app\nmod\texample.com/app\tv1.0.0\t\ndep\texample.com/dep\tv1.2.3\th1:x=\n';
const found = 'example.com/app v1.0.0\nexample.com/dep v1.2.3\nstdlib 1.21.3';

function mark(pointerSize: number, flags: number): Buffer {
  return Buffer.concat([
    Buffer.from('\xff Go buildinf:', 'latin1'),
    Buffer.from([pointerSize, flags]),
    Buffer.alloc(16),
  ]);
}

function counted(text: string): Buffer {
  const length: number[] = [];
  let rest = Buffer.byteLength(text);
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...length, rest]), Buffer.from(text)]);
}

function inline(modules: string, toolchain = 'go1.21.3'): Buffer {
  return Buffer.concat([mark(0, 2), counted(toolchain), counted(modules)]);
}

const asData = (content: Buffer, name = '.go.buildinfo') => makeElf([{ name, content, isWritable: true }]);

/** As Go 1.13 to 1.17 wrote it: addresses of pairs of address and length. */
function pointed(toolchain: string, modules: string): Buffer {
  const content = Buffer.concat([mark(8, 0), Buffer.alloc(32), Buffer.from(toolchain), Buffer.from(modules)]);
  const start = elfBase + asData(content).indexOf('\xff Go buildinf:', 0, 'latin1');
  const put = (value: number, at: number) => content.writeBigUInt64LE(BigInt(value), at);
  put(start + 32, 16);
  put(start + 48, 24);
  put(start + 64, 32);
  put(toolchain.length, 40);
  put(start + 64 + toolchain.length, 48);
  put(modules.length, 56);
  return content;
}

describe('the build information of a Go program', () => {
  test.each([
    ['as since Go 1.18', asData(inline(mod(lines)))],
    ['as before', asData(pointed('go1.21.3', mod(lines)))],
    ['in a section of another name', asData(inline(mod(lines)), '.data')],
    ['without sections', makeElf([{ name: 'x', content: inline(mod(lines)), isWritable: true }], { isStripped: true })],
    [
      'behind a mark that is none',
      asData(Buffer.concat([Buffer.from('x\xff Go buildinf:y', 'latin1'), inline(mod(lines))])),
    ],
  ])('is read %s', (_, bytes) => expect(told(bytes)).toBe(found));

  test.each([
    ['a program without it', makeElf([{ name: '.data', content: Buffer.alloc(64), isWritable: true }]), ''],
    ['one with the mark in what no program writes to', makeElf([{ name: '.rodata', content: inline(mod(lines)) }]), ''],
    ['one without modules', asData(inline('')), 'stdlib 1.21.3\nunidentified-package'],
    ['a command of Go', asData(inline(mod('path\tcmd/go\nbuild\tGOOS=linux\n'))), 'stdlib 1.21.3'],
    ['one that is cut', asData(inline(mod(lines)).subarray(0, 90)), 'corrupt-package'],
    ['one that states a great length', asData(Buffer.concat([mark(0, 2), Buffer.alloc(9, 0xff)])), 'corrupt-package'],
    ['one that points nowhere', asData(mark(8, 0)), 'corrupt-package'],
  ])('of %s', (_, bytes, expected) => expect(told(bytes)).toBe(expected));

  test('never throws, however it is damaged', () => {
    for (const whole of [asData(inline(mod(lines))), asData(pointed('go1.21.3', mod(lines)))]) {
      const changes = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 30 });
      fc.assert(
        fc.property(changes, fc.nat({ max: whole.length }), (list, cut) => {
          const bytes = Buffer.from(whole.subarray(0, Math.max(cut, 200)));
          for (const [at, value] of list) if (at < bytes.length) bytes[at] = value;
          analysisOf(bytes);
        }),
        { numRuns: 2000 },
      );
    }
  });
});

test('modules that others replace go by the name and version of those, and by none where a folder does', () => {
  const text =
    'mod\ta\t(devel)\t\ndep\tb\tv1.0.0\n=>\tc\tv2.0.0\th1:x=\ndep\td\tv1.0.0\n=>\t./d\t(devel)\t\ndep\te\tv3.0.0\n=>\t/src/e\t\n';
  expect(parseModules(text)).toEqual({
    path: '',
    main: { name: 'a', version: '(devel)' },
    dependencies: [
      { name: 'c', version: 'v2.0.0' },
      { name: 'd', version: '(devel)' },
      { name: 'e', version: '(devel)' },
    ],
  });
});

test.each([
  ['go1.22.1', '1.22.1'],
  ['go1.22', '1.22.0'],
  ['go1.22rc2', '1.22.0-rc.2'],
  ['go1.21.4 X:boringcrypto', '1.21.4'],
  ['go1.20.12-fips', '1.20.12'],
  ['devel go1.23-0123456789', 'devel go1.23-0123456789'],
])('the standard library of %s is %s', (toolchain, version) => expect(libraryVersion(toolchain)).toBe(version));

test('versions of the feed are ordered, and a version that nobody knows is none', () => {
  const versions = [...versionsInFeed('Go', 'Go').values()].flat();
  expect(versions.length).toBeGreaterThan(4000);
  const unread = versions.filter((version) => golang.scheme.compare(version, version) === undefined);
  expect(unread.length / versions.length).toBeLessThan(0.001);
  expect(golang.scheme.compare('v0.6.0', '0.7.0')).toBeLessThan(0);
  expect(golang.scheme.compare('1.20.0', '1.20.0-0')).toBeGreaterThan(0);
  expect(golang.scheme.compare('(devel)', '1.0.0')).toBeUndefined();
});

test('a change is what go.mod says', () => {
  const { change } = golang.face;
  expect(change({ name: 'golang.org/x/net', installed: 'v0.6.0', to: '0.7.0' })).toMatchObject({
    before: 'golang.org/x/net v0.6.0',
    copy: 'go get golang.org/x/net@v0.7.0',
  });
  expect(change({ name: 'stdlib', installed: '1.20.0', to: '1.20.1' }).copy).toBe('go get go@1.20.1');
});

const hasGo = spawnSync('go', ['version']).status === 0;

describe.runIf(hasGo)('a program that Go has just built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-go-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const go = (...words: readonly string[]) =>
    execFileSync('go', words, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GOFLAGS: '-mod=vendor -buildvcs=false',
        GOPROXY: 'off',
        GOTOOLCHAIN: 'local',
        CGO_ENABLED: '0',
      },
    });

  beforeAll(() => {
    const files = {
      'go.mod':
        'module example.com/app\ngo 1.19\nrequire (\nexample.com/dep v1.2.3\nexample.com/old v1.0.0\nexample.com/near v0.1.0\n)\nreplace example.com/old => example.com/new v1.5.0\nreplace example.com/near => ./near\n',
      'main.go':
        'package main\nimport (\n_ "example.com/dep"\n_ "example.com/old"\n_ "example.com/near"\n)\nfunc main() {}\n',
      'near/go.mod': 'module example.com/near\n',
      'near/near.go': 'package near\n',
      'vendor/example.com/dep/dep.go': 'package dep\n',
      'vendor/example.com/old/old.go': 'package old\n',
      'vendor/example.com/near/near.go': 'package near\n',
      'vendor/modules.txt':
        '# example.com/dep v1.2.3\n## explicit\nexample.com/dep\n# example.com/near v0.1.0 => ./near\n## explicit\nexample.com/near\n# example.com/old v1.0.0 => example.com/new v1.5.0\n## explicit\nexample.com/old\n# example.com/near => ./near\n# example.com/old => example.com/new v1.5.0\n',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });

  test.each([
    ['plainly', []],
    ['without symbols', ['-ldflags=-s -w']],
    ['to any address', ['-buildmode=pie']],
  ])('%s tells its modules', { timeout: 300_000 }, (_, words) => {
    go('build', ...words, '-o', 'app', '.');
    const toolchain = /go(\S+)/.exec(go('version', 'app').split(': ')[1] ?? '')?.[1];
    expect(told(readFileSync(join(folder, 'app'))).split('\n')).toEqual([
      'example.com/app (devel)',
      'example.com/dep v1.2.3',
      'example.com/near (devel)',
      'example.com/new v1.5.0',
      `stdlib ${toolchain}`,
    ]);
  });
});

const installed = ['/usr/bin/docker', '/usr/bin/containerd', '/usr/bin/dockerd', '/usr/bin/runc'].filter((path) =>
  existsSync(path),
);

describe.runIf(hasGo && installed.length > 0)('a program of this machine', () => {
  test.each(installed)('%s tells what Go reads in it', (path) => {
    const text = execFileSync('go', ['version', '-m', path], { encoding: 'utf8' });
    const toolchain = /: go(\S+)/.exec(text)?.[1];
    const modules = [...text.matchAll(/^\t(?:dep|mod)\t(\S+)\t/gm)].length;
    const { packages = [] } = analysisOf(readFileSync(path)) ?? {};
    expect(packages.find(({ name }) => name === 'stdlib')?.version).toBe(toolchain);
    expect(packages).toHaveLength(modules + 1);
  });
});
