import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elfBase, makeElf } from '../../../test/make/elf.ts';
import { programOf, wholeSpans } from '../program.ts';
import { golang as changes } from './changes.ts';
import { libraryVersion, parseModules } from './modules.ts';
import { golang as reader } from './reader.ts';

function analysisOf(bytes: Uint8Array) {
  const program = programOf({ path: 'app', size: bytes.length, bytes: wholeSpans(bytes), isWhole: true });
  const analysis = program && reader.program?.(program);
  return analysis === 'not-at-hand' ? undefined : analysis;
}

function reported(bytes: Uint8Array): string {
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
  ])('is read %s', (_, bytes) => expect(reported(bytes)).toBe(found));

  test.each([
    ['a program without it', makeElf([{ name: '.data', content: Buffer.alloc(64), isWritable: true }]), ''],
    ['one with the mark in what no program writes to', makeElf([{ name: '.rodata', content: inline(mod(lines)) }]), ''],
    ['one without modules', asData(inline('')), 'stdlib 1.21.3\nunidentified-package'],
    ['a command of Go', asData(inline(mod('path\tcmd/vet\nbuild\tGOOS=linux\n'))), 'stdlib 1.21.3'],
    ['the command go', asData(inline(mod('path\tcmd/go\nbuild\tGOOS=linux\n'))), 'stdlib 1.21.3\ntoolchain 1.21.3'],
    ['one that is cut', asData(inline(mod(lines)).subarray(0, 90)), 'corrupt-package'],
    ['one that states a great length', asData(Buffer.concat([mark(0, 2), Buffer.alloc(9, 0xff)])), 'corrupt-package'],
    ['one that points nowhere', asData(mark(8, 0)), 'corrupt-package'],
  ])('of %s', (_, bytes, expected) => expect(reported(bytes)).toBe(expected));

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

test('a change is what go.mod says', () => {
  const { change } = changes;
  expect(change({ name: 'golang.org/x/net', installed: 'v0.6.0', to: '0.7.0', paths: [] })).toMatchObject({
    before: 'golang.org/x/net v0.6.0',
    copy: 'go get golang.org/x/net@v0.7.0',
  });
  expect(change({ name: 'stdlib', installed: '1.20.0', to: '1.20.1', paths: [] }).copy).toBe('go get go@1.20.1');
});
