import { expect, test } from 'vitest';
import { beginning, ruleSentence } from './rule-words.ts';

test('a rule says from when it prevents', () => {
  expect(ruleSentence(beginning)).toContain('what the model lacks: alert;');
  expect(ruleSentence({ ...beginning, process: 'prevent', preventFrom: 'active' })).toContain(
    'as soon as it is active',
  );
});
