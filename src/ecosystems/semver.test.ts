import { describe, expect, test } from 'vitest';
import { expectTotalOrder, fromPieces } from './testing.ts';
import { semver } from './semver.ts';

describe('semantic versions', () => {
  test.each([
    ['1.9', '1.9.0', 0],
    ['1', '1.0.0', 0],
    ['v1.2.3', '1.2.3', 0],
    ['1.2.3beta1', '1.2.3-beta1', 0],
    ['1.9-rc.1', '1.9.0', -1],
    ['1.2.3+a', '1.2.3+b', 0],
    ['1.10.0', '1.9.0', 1],
  ])('%s against %s is %i', (left, right, order) => {
    expect(Math.sign(semver.compare(left, right) ?? Number.NaN)).toBe(order);
  });

  test.each(['', 'x', '1.2.3.4.5', 'latest'])('%j is none', (text) => {
    expect(semver.compare(text, '1.0.0')).toBeUndefined();
  });

  test('are totally ordered', () => {
    expectTotalOrder(
      semver,
      fromPieces(['1', '2', '10', '-alpha', '-1', '.1', '.0'])
        .map((text) => `1.0.${text.replace(/^[.-]/, '0$&')}`)
        .filter((text) => semver.compare(text, text) === 0),
    );
  });
});
