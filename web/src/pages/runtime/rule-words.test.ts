import { expect, test } from 'vitest';
import { beginning, idForRule, ruleSentence } from './rule-words.ts';

test('a new rule has an id of its own', () => {
  expect(idForRule('Protect prod!', [])).toBe('protect-prod');
  expect(idForRule('Protect prod', ['protect-prod', 'protect-prod-2'])).toBe('protect-prod-3');
  expect(idForRule('  ', [])).toBe('rule');
});

test('a rule says from when it prevents', () => {
  expect(ruleSentence(beginning)).toContain('what the model lacks: alert;');
  expect(ruleSentence({ ...beginning, process: 'prevent', preventFrom: 'active' })).toContain(
    'as soon as it is active',
  );
});
