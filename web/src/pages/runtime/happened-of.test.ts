import { expect, test } from 'vitest';
import { containerAndImage, happenedOf } from './happened-of.ts';

test.each([
  ['gauge-1: docker exec ran /x', 'gauge-1', 'docker exec ran /x'],
  ['gauge-1 is away', 'gauge-1', 'gauge-1 is away'],
  ['gauge-10: ran /x', 'gauge-1', 'gauge-10: ran /x'],
  ['', 'gauge-1', ''],
])('%s of %s: %s', (title, name, words) => {
  expect(happenedOf({ title, container: { name } })).toBe(words);
});

test('a container that is called by its image is named once', () => {
  expect(containerAndImage({ name: 'pump', image: 'surge/pump:2' })).toBe('pump, surge/pump:2');
  expect(containerAndImage({ name: 'surge/pump:2', image: 'surge/pump:2' })).toBe('surge/pump:2');
  expect(containerAndImage({ name: '', image: 'surge/pump:2' })).toBe('surge/pump:2');
});
