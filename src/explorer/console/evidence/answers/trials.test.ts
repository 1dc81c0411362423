import { expect, test } from 'vitest';
import type { HostTrials } from '#gate/console/index.ts';
import type { TrialLine } from '#gate/contract.ts';
import { blockLines } from './trials.ts';

const now = new Date('2026-11-24T14:30:00Z');
const line: TrialLine = {
  check: 'CTR-001',
  ring: 1,
  state: 'refused',
  tried: 24,
  refused: 24,
  untried: 0,
  last: '2026-11-24T14:02:00Z',
  lastRefused: '2026-11-24T14:02:00Z',
};

function told(...lines: readonly Partial<TrialLine>[]): HostTrials {
  const statement = {
    host: 'quay-1',
    at: now.toISOString(),
    every: 3600,
    lines: lines.map((more) => ({ ...line, ...more })),
  };
  return { reportedAt: now, statement, signed: { statement: '', signature: '', certificate: '' } };
}

test.each<readonly [string, HostTrials | undefined, string]>([
  ['nothing reported', undefined, 'not-assessed'],
  ['no line in force', told(), 'not-applicable'],
  ['each refused', told({}, { ring: 2 }), 'pass'],
  ['one let a start through', told({}, { ring: 2, state: 'passed', refused: 23 }), 'fail'],
  ['one let a start through earlier that day and refuses again', told({}, { ring: 2, refused: 23 }), 'warn'],
  ['one let a start through, another was not tried', told({ state: 'passed' }, { state: 'untried' }), 'fail'],
  ['one was not tried', told({}, { state: 'untried', reason: 'It cannot be broken alone.' }), 'not-assessed'],
  ['one was never answered', told({ last: undefined, lastRefused: undefined, tried: 0, refused: 0 }), 'not-assessed'],
  ['two rounds were missed', told({ lastRefused: '2026-11-24T12:00:01Z' }), 'pass'],
  ['more than two rounds were missed', told({ lastRefused: '2026-11-24T11:59:59Z' }), 'not-assessed'],
])('%s', (_, trials, state) => {
  const answer = blockLines(trials, now);
  expect(answer.state).toBe(state);
  if (state === 'not-assessed') expect(answer.reason).toContain('would assess this');
});

test('says what was refused, how often and when', () => {
  expect(blockLines(told({}), now).seen).toEqual([
    'CTR-001 in ring 1: refused 24 of 24 tries, last at 2026-11-24T14:02:00Z',
  ]);
});

test.each([
  ['as the host signed it', { at: '2026-11-24T11:59:00Z', reportedAt: now }],
  ['as the console heard it', { at: '2099-01-01T00:00:00Z', reportedAt: new Date('2026-11-24T11:59:00Z') }],
])('a refusal in the future was none later than %s', (_, { at, reportedAt }) => {
  const said = told({ lastRefused: '2099-01-01T00:00:00Z' });
  const old = { ...said, reportedAt, statement: { ...said.statement, at } };
  expect(blockLines(old, now).state).toBe('not-assessed');
  expect(blockLines(old, new Date('2026-11-24T14:29:00Z')).state).toBe('pass');
});
