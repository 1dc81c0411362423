import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectTotalOrder, fromPieces } from '../testing.ts';
import { gem } from './scheme.ts';

// Orders that RubyGems documents or tests: docs of Gem::Version, test_gem_version.rb.
const oldestFirst = [
  ['1.A', '1.a', '1.b1', '1.b2', '1.b10', '1.0'],
  ['5.0.0.rc1', '5.0.0.rc2', '5.0.0'],
  ['1.8.2.a', '1.8.2.a9', '1.8.2.a10', '1.8.2.b', '1.8.2'],
  ['4.0.0.beta.8', '4.0.0.beta8.1', '4.0.0.rc.1', '4.0.0', '4.0.0.1'],
  ['1.0.0-1', '1.0.0-2', '1.0.0'],
  ['1', '1.0.1', '1.9', '1.10', '2'],
] as const;

describe('versions of gems', () => {
  test.each(oldestFirst.map((list) => [list.join(' < '), list] as const))('%s', (_, list) => {
    for (const [at, left] of list.entries())
      for (const [other, right] of list.entries())
        expect(Math.sign(gem.compare(left, right) ?? Number.NaN), `${left} ${right}`).toBe(Math.sign(at - other));
  });

  test.each([
    ['1.0', '1'],
    ['1.0.0.a', '1.a'],
    ['1.a.0', '1.a'],
    ['1.0-rc1', '1.0.pre.rc1'],
    ['1.0.rc1', '1.0.rc.1'],
    [' 1.2 ', '1.2'],
    ['01.2', '1.2'],
  ])('%j is %j', (left, right) => expect(gem.compare(left, right)).toBe(0));

  test.each(['', ' ', 'junk', 'v1.0', '1.', '.1', '1..2', '1.2 3.4', '1_2', '1-', '1.0+build', '9'.repeat(600)])(
    '%j is none',
    (text) => {
      expect(gem.compare(text, '1')).toBeUndefined();
      expect(gem.compare('1', text)).toBeUndefined();
    },
  );

  test('are totally ordered', () => {
    const pieces = fromPieces(['.0', '.1', '.10', '.a', '.b', '.Z', '.rc1', '.1a2', '-1', '-a', '.pre']);
    expectTotalOrder(
      gem,
      fc.tuple(fc.constantFrom('0', '1', '10'), pieces).map((parts) => parts.join('')),
    );
  });
});
