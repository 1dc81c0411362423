import { expect, test } from 'vitest';
import { faultPlace } from './fault-place.ts';
import type { LogFault } from './verify-log.ts';

test.each<[LogFault, string]>([
  [{ kind: 'reordered', batch: 2, position: 0 }, '2, row 1'],
  [{ kind: 'changed', batch: 2, position: 4 }, '2, row 5'],
  [{ kind: 'changed', batch: 2 }, '2'],
  [{ kind: 'head-missing', batch: 1 }, '1'],
])('%j is in batch %s', (fault, place) => {
  expect(faultPlace(fault)).toBe(place);
});
