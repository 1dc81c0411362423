import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatsIn } from './detectors/index.ts';
import { createFastSieve } from './fast-sieve.ts';
import { groupedWords } from './sieve-groups.ts';
import { searchWhole, createSecretSearch } from './search.ts';
import { anchorsByWord, createSieve, type Sieve } from './sieve.ts';
import { sieveCode, sieveMemory } from './sieve-code.ts';

const places = ['usr/bin/tool', 'etc/app.conf'].map((path) => ({ kind: 'file', path }) as const);
const { WebAssembly: engine } = globalThis as unknown as {
  readonly WebAssembly: { readonly validate: (code: Uint8Array) => boolean };
};

function hitsOf(sieve: Sieve, bytes: Buffer, range = { from: 0, to: bytes.length }): readonly string[] {
  const hits: string[] = [];
  sieve.scan({ bytes, ...range }, (at, detector) => hits.push(`${at} ${detector}`));
  return hits.sort();
}

describe('both sieves give the same', () => {
  test.each(['strict', 'relaxed'] as const)('this machine takes the program: %s', (swizzle) => {
    expect(engine.validate(sieveCode(swizzle))).toBe(true);
    const sieve = createFastSieve([['AKIA'], ['-----BEGIN', 'hf_A']], [swizzle]);
    const bytes = Buffer.from('\0AKIA hf_A \xff AKIB -----BEGIN -----BEGI\xffAKIA', 'latin1');
    expect(hitsOf(sieve, bytes)).toEqual(['1 0', '18 1', '39 0', '6 1']);
  });

  test('a machine that takes none has the other sieve', () => {
    expect(hitsOf(createFastSieve([['AKIA']], []), Buffer.from('xAKIA'))).toEqual(['1 0']);
  });

  test.each(places)('each anchor, at each place beside the end of a piece: $path', (place) => {
    const anchors = formatsIn(place).map((one) => one.anchors);
    const [plain, fast] = [createSieve(anchors), createFastSieve(anchors)];
    for (const anchor of new Set(anchors.flat())) {
      const bytes = Buffer.from(`\0${anchor}`, 'latin1');
      expect(hitsOf(fast, bytes), anchor).toEqual(hitsOf(plain, bytes));
      expect(hitsOf(fast, bytes).length, anchor).toBeGreaterThan(0);
    }
    for (let shift = -20; shift < 20; shift += 1) {
      const bytes = Buffer.alloc(sieveMemory.mostPlaces + 100);
      bytes.write('AKIA', sieveMemory.mostPlaces + shift);
      expect(hitsOf(fast, bytes), `${shift}`).toHaveLength(1);
    }
  });

  test.each(places)('in text full of anchors and parts of them, whole and in part: $path', (place) => {
    const anchors = formatsIn(place).map((one) => one.anchors);
    const [plain, fast] = [createSieve(anchors), createFastSieve(anchors)];
    const mixed = anchors.flat().map((anchor, index) => anchor.slice(index % 4) + anchor);
    const bytes = Buffer.concat([Buffer.from(mixed.join('').repeat(20), 'latin1'), readFileSync('package-lock.json')]);
    expect(bytes.length).toBeGreaterThan(200_003);
    expect(hitsOf(plain, bytes).length).toBeGreaterThan(100);
    expect(hitsOf(fast, bytes)).toEqual(hitsOf(plain, bytes));
    const range = { from: 1001, to: 200_003 };
    expect(hitsOf(fast, bytes, range)).toEqual(hitsOf(plain, bytes, range));
  });

  test('what is nothing but anchors gives each of them', () => {
    const bytes = Buffer.from('AKIA'.repeat(100_000));
    expect(hitsOf(createFastSieve([['AKIA']]), bytes)).toHaveLength(100_000);
  });
});

describe('groups of words', () => {
  const words = places.map((place) => [...anchorsByWord(formatsIn(place).map(({ anchors }) => anchors)).keys()]);

  test('hold each word once', () => {
    for (const some of words) {
      const groups = groupedWords(some, 16);
      expect(groups).toHaveLength(16);
      expect(groups.flat().toSorted((left, right) => left - right)).toEqual(
        some.toSorted((left, right) => left - right),
      );
    }
    expect(groupedWords([], 16).flat()).toEqual([]);
  });

  test('are seldom met by other texts: at few of sixteen places together', () => {
    const text = readFileSync('package-lock.json').subarray(0, 200_000);
    expect(shareMet(groupedWords(words[0] ?? [], 16), text)).toBeLessThan(0.25);
    expect(shareMet([words[0] ?? []], text)).toBeGreaterThan(0.6);
  });
});

/** Of pieces of sixteen places, those in which four bytes have all halves of bytes that a group's words have. */
function shareMet(groups: readonly (readonly number[])[], text: Buffer): number {
  const masks = groups.map((words) => {
    const halves = Array.from({ length: 8 }, () => new Set<number>());
    for (const word of words) for (let k = 0; k < 8; k += 1) halves[k]?.add((word >>> (28 - 4 * k)) & 15);
    return halves;
  });
  const isMet = (at: number): boolean =>
    masks.some((halves) =>
      halves.every((seen, k) => seen.has(((text[at + (k >>> 1)] ?? 0) >>> (k % 2 === 0 ? 4 : 0)) & 15)),
    );
  let met = 0;
  for (let from = 0; from + 20 < text.length; from += 16)
    met += Array.from({ length: 16 }, (_, place) => from + place).some(isMet) ? 1 : 0;
  return (16 * met) / text.length;
}

test('a file at hand is searched like one that comes in chunks', () => {
  const bytes = Buffer.from(`aws_secret_access_key = "q9Xz7LmP2vRtK4sWnB8yHcJd6fGaE1uToViQ3b5M"\n`.repeat(3));
  const search = createSecretSearch('etc/app.conf');
  for (const byte of bytes) search.add(Uint8Array.of(byte));
  const found = search.end();
  expect(found.findings.length).toBeGreaterThan(0);
  expect(searchWhole('etc/app.conf', bytes)).toEqual(found);
});
