import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { drawPairs, expectTotalOrder, fromPieces } from '../testing.ts';
import { alpm } from './scheme.ts';

const nasty = fromPieces(['0', '1', '9', '10', '00', 'a', 'Z', 'rc1', '.', '..', '_', '+', '-1', '-2', '1:']);

describe('pacman versions', () => {
  // The table of vercmp(8), and of the tests of pacman.
  test.each([
    ['1.0a', '1.0b', '1.0beta', '1.0p', '1.0pre', '1.0rc', '1.0', '1.0.a', '1.0.1'],
    ['1', '1.0', '1.1', '1.1.1', '1.2', '2.0', '3.0.0'],
    ['1.5.0', '1.5.1', '1.5.10', '1:1.4'],
    ['1.5-1', '1.5-1.1', '1.5-2', '1.5.1-1'],
    ['2.0', '2_0_1', '2..0'],
  ])('%s and what follows stand in this order', (...versions) => {
    for (const [index, version] of versions.entries())
      for (const after of versions.slice(index + 1))
        expect(alpm.compare(version, after), `${version} ${after}`).toBeLessThan(0);
  });

  test.each([
    ['1.5', '1.5-7'],
    ['1.005', '1.5'],
    ['0:1.5', '1.5'],
    ['2.0', '2_0'],
  ])('%s and %s are the same', (a, b) => {
    expect(alpm.compare(a, b)).toBe(0);
    expect(alpm.compare(b, a)).toBe(0);
  });

  test.each(['', '1 2', 'a:1', '1-2-3', '1:', '-1', '1\n2'])('%j is none', (text) => {
    expect(alpm.compare(text, '1')).toBeUndefined();
  });

  // Gaps of several characters, and letters where another version ends, are ordered by vercmp in circles.
  test('are totally ordered', () =>
    expectTotalOrder(
      alpm,
      fromPieces(['.1', '.0', '.10', '.007', '.2'], 4).map((text) => `1${text}`),
    ));

  test('agree with vercmp', { timeout: 120_000 }, () => {
    const pairs = drawPairs(nasty, 4000).filter(([a, b]) => alpm.compare(a, b) !== undefined);
    expect(pairs.length).toBeGreaterThan(1000);
    const script = 'while IFS="\t" read -r a b; do vercmp "$a" "$b"; done';
    const input = pairs.map((pair) => `${pair.join('\t')}\n`).join('');
    const signs = execFileSync('sh', ['-c', script], { input }).toString().trim().split('\n');
    expect(signs.length).toBe(pairs.length);
    const wrong = pairs.filter(([a, b], index) => Math.sign(alpm.compare(a, b) ?? Number.NaN) !== Number(signs[index]));
    expect(wrong.slice(0, 20)).toEqual([]);
  });
});
