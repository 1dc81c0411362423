import { expect, test } from 'vitest';
import { AppError } from '#base/index.ts';
import { failureOf } from './api.ts';

test.each([
  'Unable to preload CSS for /assets/hosts-page-Bpg3hY8N.css',
  'Failed to fetch dynamically imported module: http://127.0.0.1:8083/assets/hosts-page-x.js',
  'error loading dynamically imported module: http://127.0.0.1:8083/assets/hosts-page-x.js',
  'Importing a module script failed.',
])('a part of the pages that did not come is an unreachable console: %s', (message) => {
  const failure = failureOf(new TypeError(message));
  expect(failure.code).toBe('console-unreachable');
  expect(failure.message + failure.next).not.toContain('assets');
});

test('what the console said stays, and what nobody foresaw is internal', () => {
  const refusal = new AppError('not-found', 'There is nothing at this address.');
  expect(failureOf(refusal)).toBe(refusal);
  expect(failureOf(new TypeError('x is undefined')).code).toBe('internal');
});
