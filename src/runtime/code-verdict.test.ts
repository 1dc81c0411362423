import { expect, test } from 'vitest';
import { codeFreshFor, codeVerdictOf } from './code-verdict.ts';
import { CodeStatement } from './contract.ts';
import { testStatement } from './testing.ts';

const file = { path: '/tmp/x.so', standing: 'other', why: 'written', mappings: 1, processes: 1 } as const;
const made = Date.parse('2026-11-24T15:00:00Z');
const context = {
  now: new Date(made + codeFreshFor),
  startedAt: new Date(made - 1),
  isAway: false,
  isSigned: true,
  image: testStatement().image ?? '',
};

test.each([
  ['proven', {}, '143 mappings in 2 processes: all of this image, none other since 2026-11-24 12:03:00 UTC.'],
  [
    'proven',
    { anonymous: 7, stopped: 3, counts: { image: 40, unlisted: 0, allowed: 1, other: 0 } },
    '143 mappings in 2 processes: all of this image but 1 that is allowed, none other since 2026-11-24 12:03:00 UTC, 3 mappings of other code were stopped. 7 executable mappings of memory were counted apart and not judged.',
  ],
  [
    'other',
    { counts: { image: 40, unlisted: 2, allowed: 0, other: 1 } },
    '143 mappings in 2 processes: 1 file is not of this image.',
  ],
  [
    'other',
    { passed: 1 },
    '143 mappings in 2 processes: 1 mapping of other code was let through since 2026-11-24 12:03:00 UTC.',
  ],
  [
    'other',
    { passed: 3, stopped: 2, since: undefined },
    '143 mappings in 2 processes: 3 mappings of other code were let through, 2 mappings of other code were stopped.',
  ],
  [
    'incomplete',
    { since: undefined, unjudged: 4 },
    '143 mappings in 2 processes: nothing on its host judges mappings as they are made, 4 mappings were made before its policy was in force. See on the page Hosts which mechanisms of its sensor are not active, and why.',
  ],
  ['incomplete', { image: undefined }, '143 mappings in 2 processes: its image is not known by its content yet.'],
  [
    'incomplete',
    { unjudged: 1, anonymous: 1 },
    '143 mappings in 2 processes: 1 mapping was made before its policy was in force. 1 executable mapping of memory was counted apart and not judged. Restart the container to have every mapping judged.',
  ],
  [
    'incomplete',
    { counts: { image: 40, unlisted: 1, allowed: 0, other: 0 } },
    '143 mappings in 2 processes: 1 file of its layers is not in its scan.',
  ],
  [
    'incomplete',
    { since: undefined },
    '143 mappings in 2 processes: nothing on its host judges mappings as they are made. See on the page Hosts which mechanisms of its sensor are not active, and why.',
  ],
  [
    'incomplete',
    { mechanism: 'none' },
    '143 mappings in 2 processes: nothing on its host judges mappings as they are made. See on the page Hosts which mechanisms of its sensor are not active, and why.',
  ],
  [
    'incomplete',
    { since: '2026-11-24T15:00:00.001Z' },
    '143 mappings in 2 processes: its mappings are judged from a later moment on.',
  ],
  [
    'incomplete',
    { counts: { image: 0, unlisted: 0, allowed: 1, other: 0 } },
    '143 mappings in 2 processes: no file of its image was found.',
  ],
  ['other', { files: [file] }, '143 mappings in 2 processes: 1 file is not of this image.'],
  [
    'incomplete',
    { counts: { image: 40, unlisted: 2, allowed: 0, other: 0 } },
    '143 mappings in 2 processes: 2 files of its layers are not in its scan.',
  ],
  ['incomplete', { untold: 5 }, '143 mappings in 2 processes: nothing is known of 5 more files.'],
  ['incomplete', { mappings: 0, processes: 0 }, '0 mappings in 0 processes: no mapping of a file was found.'],
] as const)('%s by %j', (kind, changes, sentence) => {
  const { since, image, ...rest } = { ...testStatement(), ...changes };
  const statement = { ...rest, ...(since !== undefined && { since }), ...(image !== undefined && { image }) };
  expect(codeVerdictOf(statement, context)).toEqual({ kind, sentence });
});

test.each([
  ['proven', {}, undefined],
  ['incomplete', { isSigned: false }, 'the agent that reports for its host now did not sign it'],
  ['incomplete', { image: 'sha256:other' }, 'its host reports another image for it, or none'],
] as const)('%s where of the container %j is known', (kind, known, why) => {
  const verdict = codeVerdictOf(testStatement(), { ...context, ...known });
  expect(verdict.kind).toBe(kind);
  if (why !== undefined) expect(verdict.sentence).toBe(`143 mappings in 2 processes: ${why}.`);
  // Other code is other code, whenever and whoever said it.
  expect(codeVerdictOf(testStatement({ passed: 1 }), { ...context, ...known }).kind).toBe('other');
});

test('a count below nothing hides no file', () => {
  const statement = testStatement({ counts: { image: 9, unlisted: 0, allowed: 0, other: -1 } });
  expect(CodeStatement.safeParse(statement).success).toBe(false);
});

const asOf = 'As of 2026-11-24 15:00:00 UTC: 143 mappings in 2 processes';

test.each([
  ['proven', {}],
  ['proven', { startedAt: new Date(made) }],
  ['proven', { now: new Date(made - codeFreshFor) }],
  ['stale', { now: new Date(made + codeFreshFor + 1) }],
  ['stale', { now: new Date(made - codeFreshFor - 1) }],
  ['stale', { startedAt: new Date(made + 1) }],
  ['stale', { isAway: true }],
] as const)('what was proven is %s now, with %j', (kind, changes) => {
  expect(codeVerdictOf(testStatement(), { ...context, ...changes }).kind).toBe(kind);
});

test('a statement that is out of date says first that nothing is known now, why, and what to do', () => {
  const away = codeVerdictOf(testStatement(), { ...context, isAway: true }).sentence;
  expect(away).toMatch(/^\D+\bagent\b/);
  expect(away.slice(away.indexOf(asOf))).toMatch(/: .* 2026-11-24 12:03:00 UTC\.$/);
  const again = codeVerdictOf(testStatement({ untold: 1 }), { ...context, startedAt: new Date(made + 1) });
  expect(again.kind).toBe('stale');
  expect(again.sentence).toMatch(/^\D+\bstarted again\b/);
  expect(again.sentence.slice(again.sentence.indexOf(asOf))).toMatch(/: .*\b1 more file\.$/);
});

test('other code that was found stays found', () => {
  const counts = { image: 40, unlisted: 0, allowed: 0, other: 1 };
  const old = codeVerdictOf(testStatement({ counts }), { ...context, now: new Date(made + codeFreshFor + 1) });
  expect(old.kind).toBe('other');
  expect(old.sentence.slice(0, asOf.length)).toBe(asOf);
  expect(old.sentence.slice(asOf.length)).toMatch(/^: 1 file .*\b10 minutes\b/);
});
