import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { saidTogether } from './said-together.ts';

const said: string[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  said.splice(0);
});

const wordOf = (text: string, size = 1) => ({ size, say: () => void said.push(text) });

test('what waits is said after a second, the newest by each name, and not what was dropped', () => {
  const together = saidTogether();
  together.add('one', wordOf('first'));
  vi.advanceTimersByTime(900);
  together.add('two', wordOf('second'));
  together.add('one', wordOf('newer'));
  together.add('three', wordOf('third'));
  together.drop('three');
  expect(said).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(said).toEqual(['second', 'newer']);
  vi.advanceTimersByTime(5000);
  expect(said).toHaveLength(2);
});

test('more than is delivered at once does not wait', () => {
  const together = saidTogether();
  together.add('one', wordOf('first', 4 * 1024 * 1024));
  together.add('one', wordOf('newer', 3 * 1024 * 1024));
  expect(said).toEqual([]);
  together.add('two', wordOf('second', 2 * 1024 * 1024));
  expect(said).toEqual(['newer', 'second']);
  together.add('three', wordOf('third'));
  together.say();
  expect(said).toEqual(['newer', 'second', 'third']);
});
