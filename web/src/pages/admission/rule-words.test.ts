import { expect, test } from 'vitest';
import { beginning, beginningOf, refuses, ruleSentence } from './rule-words.ts';

test('a rule says in one sentence what it does', () => {
  expect(ruleSentence(beginning)).toBe(
    'Images that fail their policy: let it start and alert; that cannot be judged: let it start and alert; that nobody knows after 30 s: let it start and alert; tells of what runs past it.',
  );
  const strict = {
    ...beginning,
    fail: 'block',
    builds: 'deny',
    settings: [beginningOf('host-paths', 'block')],
  } as const;
  expect(ruleSentence(strict)).toContain('refuses folders of the host mounted; no builds');
});

test('a rule that only tells is told apart from one that refuses', () => {
  expect(refuses(beginning)).toBe(false);
  expect(refuses({ ...beginning, unknown: 'block' })).toBe(true);
  expect(refuses({ ...beginning, settings: [beginningOf('privileged', 'block')] })).toBe(true);
});
