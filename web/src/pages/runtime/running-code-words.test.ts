import { expect, test } from 'vitest';
import { codeStates, fileWords, questionOf } from './running-code-words.ts';

const now = Date.parse('2026-11-24T15:00:30Z');
const asked = { request: 'a', at: '2026-11-24T15:00:00Z' };

test('an answer is awaited for a minute; one that never came is said to be missing', () => {
  const answered = { statement: { request: 'a' } } as never;
  const earlier = { statement: { request: 'b' } } as never;
  expect(questionOf(undefined, now)).toBe('none');
  expect(questionOf({}, now)).toBe('none');
  expect(questionOf({ asked }, now)).toBe('waiting');
  expect(questionOf({ asked, code: earlier }, now)).toBe('waiting');
  expect(questionOf({ asked, code: answered }, now)).toBe('none');
  expect(questionOf({ asked }, now + 30_000)).toBe('waiting');
  expect(questionOf({ asked }, now + 30_001)).toBe('silent');
  expect(questionOf({ asked, code: answered }, now + 30_001)).toBe('none');
});

test('only what is proven is green', () => {
  const green = Object.entries(codeStates).filter(([, { state }]) => state === 'pass');
  expect(green.map(([kind]) => kind)).toEqual(['proven']);
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
