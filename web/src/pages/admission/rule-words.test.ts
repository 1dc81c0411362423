import { expect, test } from 'vitest';
import { faceOfSettings, newAdmissionRule as beginning, type SettingsRule } from '#admission/contract.ts';
import { refuses, ruleSentence } from './rule-words.ts';

function beginningOf(kind: SettingsRule['kind'], effect: SettingsRule['effect']): SettingsRule {
  return { ...(faceOfSettings(kind)?.beginning ?? expect.fail(kind)), effect };
}

test('a rule says in one sentence what it does', () => {
  expect(ruleSentence(beginning)).toBe(
    'Images that fail their policy: alert; images that cannot be judged: alert; unknown images, after 30 s: alert; reports rogue containers.',
  );
  const strict = {
    ...beginning,
    fail: 'block',
    builds: 'deny',
    settings: [beginningOf('host-paths', 'block')],
  } as const;
  expect(ruleSentence(strict)).toContain('blocks host path mounts; blocks builds');
});

test('a rule that only tells is told apart from one that refuses', () => {
  expect(refuses(beginning)).toBe(false);
  expect(refuses({ ...beginning, unknown: 'block' })).toBe(true);
  expect(refuses({ ...beginning, settings: [beginningOf('privileged', 'block')] })).toBe(true);
});
