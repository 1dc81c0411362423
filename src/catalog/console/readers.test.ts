import { expect, test } from 'vitest';
import type { Principal } from '#http/console/index.ts';
import { mayReadScan } from './readers.ts';

const scan = { publisher: { kind: 'token', id: 'jenkins', name: 'jenkins' } } as const;
const reader: Principal = { kind: 'user', id: 'rita', name: 'Rita', permissions: ['read'] };
const publisher: Principal = { kind: 'token', id: 'jenkins', name: 'jenkins', permissions: ['publish'] };

test.each([
  ['who reads the whole estate', reader, true],
  ['who reads some collections and knows the id', { ...reader, collections: ['surge'] }, false],
  ['who published it', publisher, true],
  ['who published it and reads some collections', { ...publisher, collections: ['surge'] }, true],
  ['another publisher', { ...publisher, id: 'other' }, false],
  ['nobody', undefined, false],
])('what became of a scan is told to %s: %s', (_, principal, expected) => {
  expect(mayReadScan(scan, principal)).toBe(expected);
});
