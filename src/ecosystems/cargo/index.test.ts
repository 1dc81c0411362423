import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { makeElf } from '../../../test/make/elf.ts';
import { programOf, wholeSpans } from '../program.ts';
import { cargo } from './index.ts';
import { cargo as reader } from './reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-cargo-'));
afterAll(() => rmSync(folder, { recursive: true }));

function analysisOf(bytes: Uint8Array, isWhole = true) {
  const program = programOf({ path: 'app', size: bytes.length, bytes: wholeSpans(bytes), isWhole });
  return program && reader.program?.(program);
}

function reported(bytes: Uint8Array): string {
  const analysis = analysisOf(bytes);
  if (analysis === undefined || analysis === 'not-at-hand') return String(analysis);
  const lines = analysis.packages.map((one) => `${one.purl}${cargo.isSoftware?.({ ...one, layer: 0 }) ? '' : ' own'}`);
  return [...lines, ...analysis.faults.map(({ code }) => code)].join(' ');
}

const list = {
  packages: [
    { name: 'app', version: '0.1.0', source: 'local', root: true, dependencies: [1, 2] },
    { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build' },
    { name: 'time', version: '0.1.43', source: 'crates.io' },
  ],
};
const crates = 'pkg:cargo/app@0.1.0 own pkg:cargo/time@0.1.43';
const packed = deflateSync(JSON.stringify(list));
const withList = (content: Uint8Array) => makeElf([{ name: '.dep-v0', content }]);

describe('the list of crates of a program', () => {
  test.each([
    ['is read', withList(packed), crates],
    ['is missing in others', makeElf([]), 'undefined'],
    ['that is cut is damaged', withList(packed.subarray(0, 20)), 'corrupt-package'],
    ['that is no list is damaged', withList(deflateSync('[]')), 'corrupt-package'],
    ['that unpacks without end is damaged', withList(deflateSync(Buffer.alloc(40 * 1024 ** 2))), 'corrupt-package'],
    [
      'that names what is no name is damaged',
      withList(deflateSync('{"packages": [{}, 1]}')),
      'corrupt-package corrupt-package',
    ],
  ])('%s', (_, bytes, expected) => expect(reported(bytes)).toBe(expected));

  test('is asked for again where it is not at hand', () => {
    const bytes = withList(packed);
    const bounded = { ...wholeSpans(bytes), read: (at: number, length: number) => wholeSpans(bytes).read(at, length) };
    const section = programOf({ path: 'app', size: bytes.length, bytes: bounded, isWhole: false })?.section('.dep-v0');
    const start = typeof section === 'object' ? section.offset : -1;
    const read = (at: number, length: number) => (at === start ? undefined : bounded.read(at, length));
    const program = programOf({ path: 'app', size: bytes.length, bytes: { ...bounded, read }, isWhole: false });
    expect(program && reader.program?.(program)).toBe('not-at-hand');
  });

  // LLVM's linker, which Rust uses since 1.90, puts the names of symbols behind them: megabytes of a program that keeps them.
  test.each([
    ['is asked for again where the names of sections are not at hand', false, 'not-at-hand'],
    ['is none where the names of sections are not in the file', true, undefined],
  ])('%s', (_, isWhole, expected) => {
    const bytes = withList(packed);
    const names = bytes.indexOf('\0.dep-v0\0');
    const whole = wholeSpans(bytes);
    const read = (at: number, length: number) => (at === names ? undefined : whole.read(at, length));
    const program = programOf({ path: 'app', size: bytes.length, bytes: { ...whole, read }, isWhole });
    expect(program?.section('.dep-v0')).toBe('not-at-hand');
    expect(program && reader.program?.(program)).toBe(expected);
  });

  test('is what cargo auditable writes', () => {
    // The section of a program that cargo auditable 0.6.6 built of an application and a folder beside it.
    const written =
      'eJxtzDEKgDAQRNG7TB1ELXMVsVjiIqLuho3aSO5utLAQy/kM70SkMNPICb47IbQyPChGOBxsaVIpu66aqi4l6W7hPiwaaClh4MgysITpAZrewVQ3+M12zu4Fhck+Yvsn5j5fcpsutg==';
    const content = Buffer.from(written, 'base64');
    expect(reported(withList(content))).toBe('pkg:cargo/app@0.1.0 own pkg:cargo/near@0.2.0 own');
  });
});
