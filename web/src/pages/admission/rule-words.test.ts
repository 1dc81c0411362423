import { expect, test } from 'vitest';
import { newAdmissionRule as beginning } from '#admission/contract.ts';
import { refuses, ruleSentence } from './rule-words.ts';

test('a rule says in one sentence what it does', () => {
  expect(ruleSentence(beginning)).toBe(
    'Images that fail their policy: alert; images that cannot be judged: alert; unknown images, after 30 s: alert; reports rogue containers.',
  );
  const strict = {
    ...beginning,
    fail: 'block',
    builds: 'deny',
  } as const;
  expect(ruleSentence(strict)).toContain('unknown images, after 30 s: alert; blocks builds');
});

test('a rule that only tells is told apart from one that refuses', () => {
  expect(refuses(beginning)).toBe(false);
  expect(refuses({ ...beginning, unknown: 'block' })).toBe(true);
});
