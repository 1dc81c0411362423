import { expect, test } from 'vitest';
import { fileWords, isAwaited } from './running-code-words.ts';

const now = Date.parse('2026-11-24T15:00:30Z');
const asked = { request: 'a', at: '2026-11-24T15:00:00Z' };

test('an answer is awaited while the question is there, for a minute', () => {
  expect(isAwaited(undefined, undefined, now)).toBe(false);
  expect(isAwaited({}, 'a', now)).toBe(false);
  expect(isAwaited({ asked }, 'a', now)).toBe(true);
  expect(isAwaited({ asked }, undefined, now)).toBe(true);
  expect(isAwaited({ asked }, 'a', now + 31_000)).toBe(false);
});

test('a file is told with why it is not the image’s, or with layer and package', () => {
  const file = { path: '/x', mappings: 1 };
  expect(fileWords({ ...file, standing: 'other', why: 'written', processes: 2 })).toBe(
    'not of the image: written or changed in the container, 2 processes',
  );
  expect(fileWords({ ...file, standing: 'image', layer: 2, package: 'pkg:deb/libc6@2.41', processes: 1 })).toBe(
    'of the image, layer 2, pkg:deb/libc6@2.41, 1 process',
  );
});
