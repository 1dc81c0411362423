import { compareLoose } from 'semver';
import { describe, expect, test } from 'vitest';
import { expectTotalOrder, fromPieces, versionsInFeed } from './testing.ts';
import { semver } from './semver.ts';

describe('semantic versions', () => {
  test('are ordered as npm orders them, on all pairs of a package in the npm feed', () => {
    let compared = 0;
    for (const versions of versionsInFeed('npm', 'npm').values()) {
      const whole = versions.filter((version) => /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version));
      for (const left of whole) {
        for (const right of whole) {
          expect(Math.sign(semver.compare(left, right) ?? Number.NaN)).toBe(compareLoose(left, right));
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(5000);
  });

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

  test('nearly every bound in the npm feed is readable', () => {
    const all = [...versionsInFeed('npm', 'npm').values()].flat();
    const unreadable = all.filter((version) => semver.compare(version, version) === undefined);
    expect(unreadable.length / all.length, unreadable.join(' ')).toBeLessThan(0.01);
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
