import { expect, test } from 'vitest';
import { type PolicyReplay, replayPolicy } from '#policy/contract.ts';
import { change, sayReplay } from './replay-words.ts';

const hits = { pass: 2, fail: 1, cannotJudge: 0, violations: 5 };
const still = { judged: 3, before: hits, after: hits };
const none = { pass: 0, fail: 0, cannotJudge: 0, violations: 0 };
const replay: PolicyReplay = { running: still, builds: still, changes: [], left: 0, milliseconds: 1 };
const changed = replayPolicy.reply.shape.changes.element.parse({
  subject: `sha256:${'0'.repeat(64)}`,
  image: 'shop:1',
  scan: '00000000-0000-4000-8000-000000000000',
  at: '2026-11-24T20:00:00Z',
  before: 'pass',
  after: 'fail',
  added: [],
  removed: [],
});

test('nothing to try it on is unknown, never a pass', () => {
  const empty = { judged: 0, before: none, after: none };
  expect(sayReplay({ ...replay, running: empty, builds: empty }).state).toBe('unknown');
});

test('verdicts that stay, with the violations that come', () => {
  expect(sayReplay(replay)).toMatchObject({ state: 'pass', reason: '6 verdicts unchanged.' });
  const builds = { ...still, after: { ...hits, violations: 9 } };
  expect(sayReplay({ ...replay, builds }).reason).toBe('4 violations would be added.');
});

test('verdicts that change, first of what runs', () => {
  const running = { ...still, after: { ...hits, pass: 1, fail: 2 } };
  expect(sayReplay({ ...replay, running, changes: [changed] })).toEqual({
    state: 'fail',
    verdict: '1 verdict would change.',
    reason: 'Running: +1 fail, −1 pass.',
  });
  expect(sayReplay({ ...replay, changes: Array.from({ length: 200 }, () => changed) }).verdict).toBe(
    '200 or more verdicts would change.',
  );
});

test('a number that stays stands alone', () => {
  expect([change(4, 4), change(4, 1200)]).toEqual(['4', '4 → 1,200']);
});

test('a replay that left some out says so, and is no pass', () => {
  expect(sayReplay({ ...replay, left: 3 })).toMatchObject({
    state: 'unknown',
    reason: '6 verdicts unchanged. 3 older verdicts are left out: too many to replay at once.',
  });
});
