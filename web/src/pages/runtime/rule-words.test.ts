import { expect, test } from 'vitest';
import { newRuntimeRule as beginning } from '#runtime/contract.ts';
import { ruleSentence } from './rule-words.ts';

test('a rule says from when it prevents', () => {
  expect(ruleSentence(beginning)).toContain('not in the model: alert;');
  expect(ruleSentence({ ...beginning, process: 'prevent', preventFrom: 'active' })).toContain(
    'when the model is active',
  );
});
