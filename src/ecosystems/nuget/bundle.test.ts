import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeElf } from '../../../test/make/elf.ts';
import { programOf, wholeSpans } from '../program.ts';
import { int32, int64, makeBundle, marker, text } from './bundle.testing.ts';
import { nuget } from './reader.ts';
import { selfContained } from './samples.testing.ts';

function analysisOf(bytes: Uint8Array, isWhole = true) {
  const program = programOf({ path: 'app/App', size: bytes.length, bytes: wholeSpans(bytes), isWhole });
  return program && nuget.program?.(program);
}

function reported(bytes: Uint8Array, isWhole = true): string {
  const analysis = analysisOf(bytes, isWhole);
  if (analysis === undefined || analysis === 'not-at-hand') return String(analysis);
  return [...analysis.packages.map(({ purl }) => purl), ...analysis.faults.map(({ code }) => code)].join(' ');
}

const packages = 'pkg:nuget/YamlDotNet@16.3.0 pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@9.0.1';
const header = Buffer.concat([...[6, 0, 1].map(int32), text('id')]);

describe('a program of .NET in a single file', () => {
  test.each([
    ['of .NET Core 3', makeBundle({ version: 1, depsJson: selfContained }), packages],
    ['of .NET 5', makeBundle({ version: 2, depsJson: selfContained }), packages],
    ['of .NET 6 and later, with compressed files', makeBundle({ version: 6, depsJson: selfContained }), packages],
    ['that lists no packages', makeBundle({ version: 6 }), 'unidentified-package'],
    ['of .NET Core 3 that lists no packages', makeBundle({ version: 1 }), 'unidentified-package'],
    [
      'with a list that is no JSON',
      makeBundle({ version: 6, depsJson: '{"libraries": [' }),
      'corrupt-package-database',
    ],
    [
      'whose list says that it is not at hand',
      makeBundle({ version: 6, depsJson: 'not-at-hand' }),
      'corrupt-package-database',
    ],
    ['without a list', makeBundle({ version: 6, list: Buffer.alloc(0) }), 'corrupt-package'],
    ['with a list cut off', makeBundle({ version: 6, list: header.subarray(0, 14) }), 'corrupt-package'],
    ['with a list of an unknown version', makeBundle({ version: 6, list: int32(70_000) }), 'corrupt-package'],
    ['with a list of no version', makeBundle({ version: 6, list: Buffer.alloc(100) }), 'corrupt-package'],
    [
      'with packages behind its end',
      makeBundle({ version: 6, list: Buffer.concat([header, int64(1e9), int64(5)]) }),
      'corrupt-package',
    ],
    [
      'with packages before its start',
      makeBundle({ version: 6, list: Buffer.concat([header, int64(-5), int64(5)]) }),
      'corrupt-package',
    ],
    [
      'with a name without end',
      makeBundle({ version: 1, list: Buffer.concat([...[1, 0, 1].map(int32), Buffer.alloc(9, 0x80)]) }),
      'corrupt-package',
    ],
    ['that is not told yet', makeElf([{ name: '.data', content: marker(0n), isWritable: true }]), 'undefined'],
    [
      'that only knows of such',
      makeElf([{ name: '.data', content: marker(10n ** 9n), isWritable: true }]),
      'undefined',
    ],
    ['whose signature is not written to', makeElf([{ name: '.rodata', content: marker(64n) }]), 'undefined'],
  ])('%s', (_, bytes, expected) => expect(reported(bytes)).toBe(expected));

  test('is cut off', () => {
    const bytes = makeBundle({ version: 6, depsJson: selfContained });
    const host = makeBundle({ version: 6, list: Buffer.alloc(0) }).length - 102;
    for (let end = host; end < bytes.length - 150; end += 10)
      expect(reported(bytes.subarray(0, end))).toBe('corrupt-package');
  });

  test('has too long a list of packages', () => {
    const bytes = makeBundle({ version: 6, list: Buffer.concat([header, int64(64), int64(65 * 1024 ** 2)]) });
    const spans = { ...wholeSpans(bytes), read: (_: number, length: number) => Buffer.alloc(length) };
    const program = programOf({ path: 'app/App', size: bytes.length, bytes: wholeSpans(bytes), isWhole: true });
    expect(program && nuget.program?.({ ...program, bytes: spans })).toMatchObject({
      faults: [{ code: 'corrupt-package' }],
    });
  });

  test('is read as a whole', () => {
    expect(reported(makeBundle({ version: 6, depsJson: selfContained }), false)).toBe('not-at-hand');
  });

  test('is known where what is at hand is in pieces', () => {
    const bytes = makeBundle({ version: 6, depsJson: selfContained });
    const at = bytes.indexOf(marker(0n).subarray(8));
    for (let cut = at - 10; cut < at + 34; cut++) {
      const upTo = (offset: number, length: number) =>
        offset < cut ? bytes.subarray(offset, Math.min(cut, offset + length)) : bytes.subarray(offset, offset + length);
      const spans = { ...wholeSpans(bytes), upTo };
      const program = programOf({ path: 'app/App', size: bytes.length, bytes: spans, isWhole: false });
      expect(program && nuget.program?.(program), String(cut)).toBe('not-at-hand');
    }
  });

  test('has the signature that its host is documented to have', () => {
    expect(marker(0n).subarray(8)).toEqual(createHash('sha256').update('.net core bundle\n').digest());
  });

  test('that is damaged never throws', () => {
    const bytes = makeBundle({ version: 1, depsJson: selfContained });
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(damage, fc.nat(bytes.length), (places, end) => {
        const damaged = Buffer.from(bytes.subarray(0, end));
        for (const [at, value] of places) if (at < end) damaged[at] = value;
        analysisOf(damaged);
      }),
      { numRuns: 200 },
    );
  });
});
