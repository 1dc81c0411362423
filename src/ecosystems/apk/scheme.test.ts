import { describe, expect, test } from 'vitest';
import { expectTotalOrder, fromPieces } from '../testing.ts';
import { apk } from './scheme.ts';

/** Each list is in ascending order by the rules of apk-package(5). */
const ladders = [
  [
    '1.3_alpha',
    '1.3_alpha2',
    '1.3_beta',
    '1.3_pre',
    '1.3_rc',
    '1.3_rc2',
    '1.3',
    '1.3_cvs',
    '1.3_svn',
    '1.3_git20240101',
    '1.3_hg',
    '1.3_p',
    '1.3_p1',
  ],
  ['1.2.2-r9', '1.2.3', '1.2.3-r0', '1.2.3-r1', '1.2.3-r10', '1.2.3_p1', '1.2.3a', '1.2.3b-r0', '1.2.3.1', '1.2.4'],
  ['1.9.5-r0', '1.9.5p_rc1', '1.9.5p-r0', '1.9.5p1-r0', '1.9.5p2-r0', '1.9.5p10', '1.9.5q', '1.9.5.1', '1.9.6'],
  ['0.9.8y-r0', '0.9.8z', '0.9.8.1', '0.9.9', '0.10'],
  ['1.001', '1.01', '1.02', '1.1', '1.2', '1.10'],
  ['2.0_pre20191002222144-r0', '2.0_pre20210530193627-r0', '2.0-r0'],
  ['1.0_rc1_pre1', '1.0_rc1', '1.0_rc1_git5', '1.0'],
  ['3.0~1a2b3c-r0', '3.0~2a2b3c', '3.1'],
] as const;

describe('apk versions', () => {
  test.each(ladders.map((ladder) => [ladder] as const))('ascend: %s', (ladder) => {
    for (const [i, low] of ladder.entries()) {
      for (const high of ladder.slice(i + 1)) {
        expect(apk.compare(low, high), `${low} < ${high}`).toBeLessThan(0);
        expect(apk.compare(high, low), `${high} > ${low}`).toBeGreaterThan(0);
      }
    }
  });

  test.each([
    ['1.0', '1.0'],
    ['006', '6'],
    ['1.2-r01', '1.2-r1'],
  ])('%s equals %s', (left, right) => {
    expect(apk.compare(left, right)).toBe(0);
  });

  test.each(['', 'foo', '1.0bc', '1.0_foo', '1.0-rc1', '1..2', 'a1', '1.0-r', '1.0-r1-r2'])('%j is none', (text) => {
    expect(apk.compare(text, '1')).toBeUndefined();
  });

  test('are totally ordered', () => {
    const parts = fromPieces(['.0', '.1', '.01', '.10'], 3);
    const ends = fromPieces(['', 'a', '_rc', '_p1', '_alpha2', '-r1', '-r10'], 1);
    expectTotalOrder(
      apk,
      parts.chain((start) => ends.map((end) => `1${start}${end}`)),
    );
  });
});
