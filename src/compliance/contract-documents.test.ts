import { expect, test } from 'vitest';
import { otherwiseWords } from './contract-documents.ts';

test.each([
  ['effective', 'inspect', 'Configured passes, in effect fails'],
  ['inspect', 'effective', 'Configured fails, in effect passes'],
  ['later', 'inspect', 'Configured passes, later fails'],
] as const)('%s fails and %s passes: what was configured is named first', (document, other, words) => {
  expect(otherwiseWords({ document, state: 'fail', otherwise: [{ document: other, state: 'pass' }] })).toBe(words);
});

test('documents that agree need no words', () => {
  expect(otherwiseWords({ document: 'inspect', state: 'fail' })).toBeUndefined();
});
