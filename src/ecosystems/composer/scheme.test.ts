import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectTotalOrder, fromPieces } from '../testing.ts';
import { composer } from './scheme.ts';

// Stabilities as Composer documents them, and forms of tags that its parser documents.
const oldestFirst = [
  [
    '1.0-dev',
    '1.0.0-alpha1',
    '1.0-alpha2',
    '1.0.0-beta',
    '1.0b2',
    '1.0.0.RC1',
    '1.0',
    '1.0.0-p1',
    '1.0.0-patch2',
    '1.0.0.1',
  ],
  ['v1.9', '1.10', 'v2.0.0'],
  ['1.0-RC2-dev', '1.0-RC2', '1.0-RC10'],
  ['20100101', '20100102'],
  ['2.3.2', '2.3.2-p2', '2.3.3'],
] as const;

describe('versions of Composer', () => {
  test.each(oldestFirst.map((list) => [list.join(' < '), list] as const))('%s', (_, list) => {
    for (const [at, left] of list.entries())
      for (const [other, right] of list.entries())
        expect(Math.sign(composer.compare(left, right) ?? Number.NaN), `${left} ${right}`).toBe(Math.sign(at - other));
  });

  test.each([
    ['v1.0', '1.0.0.0'],
    ['V1', '1.0'],
    ['1.0.0-stable', '1'],
    ['1.0.0+build.5', '1'],
    ['1.0.0@dev', '1'],
    ['1.0.0-pl3', '1.0.0.p3'],
    ['1.0.0-rc.1', '1.0RC1'],
    ['1.0.0-Alpha-1', '1.0a1'],
  ])('%s is %s', (left, right) => expect(composer.compare(left, right)).toBe(0));

  test.each([
    'dev-main',
    'dev-master',
    '1.x-dev',
    '3.4.x-dev',
    'master',
    'feature/a-dev',
    '',
    '1.0.0.0.0',
    '1.0 2',
    '1.0-foo',
    '^1.0',
    '1.*',
    `1.0-beta${'1'.repeat(300)}`,
  ])('%j is none', (text) => {
    expect(composer.compare(text, '1')).toBeUndefined();
    expect(composer.compare('1', text)).toBeUndefined();
  });

  test('are totally ordered', () => {
    const pieces = fromPieces(['', '.0', '.1', '.10', '-beta', '-RC', 'a', '.p', '2', '.3', '-dev']);
    const readable = fc
      .tuple(fc.constantFrom('1', '10', '2010-01-02', '20100102'), pieces)
      .map((parts) => parts.join(''))
      .filter((version) => composer.compare(version, version) !== undefined);
    expectTotalOrder(composer, readable);
  });

  test('are refused in linear time', () => {
    const start = performance.now();
    const long = [`1.0-beta${'1'.repeat(247)}x`, `1${'.1'.repeat(127)}`, `2010${'-10'.repeat(83)}x`, ' '.repeat(1e6)];
    for (const text of long) expect(composer.compare(text, text)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
