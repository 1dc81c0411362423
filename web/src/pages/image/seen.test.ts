import { expect, test } from 'vitest';
import { seenOf } from './seen.ts';

test.each([
  [[], 'everything'],
  [['unidentified-package'], 'not all judged'],
  [['no-advisory-data', 'unidentified-package'], 'not all judged'],
  [['unidentified-package', 'truncated-archive'], 'part'],
  [['a-code-of-a-newer-version'], 'part'],
])('with the faults %j findings speak for: %s', (codes, kind) => {
  const faults = codes.map((code) => ({ code, message: 'm' }));
  expect(seenOf({ row: { verdict: 'pass' }, faults })).toEqual({ kind });
});

test('without a verdict nothing is known', () => {
  expect(seenOf({ row: { reason: 'It waits.' }, faults: [] })).toEqual({ kind: 'nothing', waitingFor: 'It waits.' });
});
