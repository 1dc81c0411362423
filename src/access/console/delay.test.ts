import { describe, expect, it, test } from 'vitest';
import { levelAt, raised, type Scale, waitAfter } from './delay.ts';

const start = new Date('2026-01-01T00:00:00Z');
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);

describe('waits after wrong passwords', () => {
  test.each<[Exclude<Scale, 'account'>, number, readonly number[]]>([
    ['network', 0, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]],
    ['network', 19, [0, 0, 0, 0, 0, 1, 2]],
    ['network', 20, [0, 2, 4, 8, 16, 32, 60]],
    ['network', 40, [0, 4, 8, 16, 32, 60]],
    ['network', 1000, [0, 16, 32, 60, 60]],
    ['browser', 1000, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]],
    ['session', 1000, [0, 0, 0, 0, 0, 1, 2]],
    ['around', 1000, [...Array<number>(30).fill(0), 1, 2, 4, 4, 4]],
  ])('of a %s, at %i for the account, are %j', (scale, ofAccount, waits) => {
    expect(waits.map((_, number) => waitAfter(scale, number + 1, ofAccount))).toEqual(waits);
  });

  it.each([
    [12, 0, 12],
    [12, 60, 11],
    [12, 90, 10.5],
    [12, 720, 0],
    [12, 7200, 0],
    [3, -60, 3],
  ])('of %d, %d s later %d count', (level, seconds, left) => {
    expect(levelAt({ level, at: start }, after(seconds))).toBe(left);
  });

  it('count one that is half forgotten as a whole one', () => {
    expect([5, 5.1, 6, 6.1].map((level) => waitAfter('network', level, 0))).toEqual([0, 1, 1, 2]);
  });

  it('bound what an attack in one network finds out in a day, and how long it is remembered', () => {
    let count = { level: 0, at: start };
    let [tries, seconds] = [0, 0];
    for (; seconds < 24 * 3600; tries += 1) {
      count = { level: raised(count, after(seconds), 'network'), at: after(seconds) };
      seconds += Math.max(1, waitAfter('network', count.level, 0));
    }
    expect(tries).toBeGreaterThan(1400);
    expect(tries).toBeLessThan(1460);
    expect(levelAt(count, after(seconds + 12 * 60))).toBe(0);
  });
});
