import { expect, test } from 'vitest';
import { silentSince } from './lease.ts';
import { subjectKinds } from './check.ts';
import { changesBetween, linesBetween, type Status } from './status.ts';
import type { CheckState } from './contract.ts';

const status = (states: Readonly<Record<string, readonly [CheckState, number]>>): Status =>
  Object.fromEntries(Object.entries(states).map(([id, [state, version]]) => [id, { state, version }]));

test.each<[string, Status | undefined, Status, readonly object[]]>([
  ['the first look is one line', undefined, status({ A: ['fail', 1], B: ['pass', 1] }), [{ kind: 'first', checks: 2 }]],
  ['no checks, no line', undefined, {}, []],
  ['what stays is no line', status({ A: ['fail', 1] }), status({ A: ['fail', 1] }), []],
  [
    'each other state is one, in their order',
    status({ B: ['pass', 1], A: ['fail', 2] }),
    status({ B: ['warn', 1], A: ['excepted', 2] }),
    [
      { kind: 'changed', check: 'A', from: 'fail', to: 'excepted' },
      { kind: 'changed', check: 'B', from: 'pass', to: 'warn' },
    ],
  ],
  ['another version says nothing of the subject', status({ A: ['pass', 1] }), status({ A: ['fail', 2] }), []],
  ['neither does a new check, or one that is gone', status({ A: ['pass', 1] }), status({ B: ['fail', 1] }), []],
  [
    'what time ended is told, whatever the version',
    status({ A: ['pass', 1] }),
    status({ A: ['not-assessed', 0] }),
    [{ kind: 'changed', check: 'A', from: 'pass', to: 'not-assessed' }],
  ],
  [
    'and so is its return',
    status({ A: ['not-assessed', 0] }),
    status({ A: ['pass', 2] }),
    [{ kind: 'changed', check: 'A', from: 'not-assessed', to: 'pass' }],
  ],
  [
    'a check of a name that objects have is none that was there',
    {},
    Object.fromEntries([['constructor', { state: 'fail', version: 1 }]]),
    [],
  ],
])('%s', (...[, before, after, expected]) => {
  expect(changesBetween(before, after)).toEqual(expected);
});

test.each<[string, Status | undefined, Status, readonly object[]]>([
  ['the first look', undefined, status({ A: ['pass', 1] }), [{ kind: 'first', checks: 1 }]],
  ['nothing', undefined, {}, []],
  ['equal states by another version', status({ A: ['pass', 1] }), status({ A: ['pass', 2] }), []],
  [
    'another state by another version',
    status({ A: ['pass', 1] }),
    status({ A: ['fail', 2] }),
    [{ kind: 'first', checks: 1 }],
  ],
  [
    'a new check',
    status({ A: ['pass', 1] }),
    status({ A: ['pass', 1], B: ['fail', 1] }),
    [{ kind: 'first', checks: 2 }],
  ],
  [
    'a check that is gone',
    status({ A: ['pass', 1], B: ['fail', 1] }),
    status({ A: ['pass', 1] }),
    [{ kind: 'first', checks: 1 }],
  ],
  [
    'one in the place of another',
    status({ A: ['pass', 1] }),
    status({ B: ['pass', 1] }),
    [{ kind: 'first', checks: 1 }],
  ],
  [
    'a change beside a new check',
    status({ A: ['pass', 1] }),
    status({ A: ['fail', 1], B: ['fail', 1] }),
    [{ kind: 'changed', check: 'A', from: 'pass', to: 'fail' }],
  ],
  [
    'a check of a name that objects have',
    status({ A: ['pass', 1] }),
    Object.fromEntries([['constructor', { state: 'pass', version: 1 }]]) as Status,
    [{ kind: 'first', checks: 1 }],
  ],
])('what is written down: %s', (...[, before, after, expected]) => {
  expect(linesBetween(before, after)).toEqual(expected);
});

test.each(subjectKinds)('evidence of %s ends by time where its host reports it', (kind) => {
  const now = new Date('2026-11-30T12:00:00Z');
  const before = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
  const ends = kind === 'container' || kind === 'host' || kind === 'engine';
  expect(silentSince(kind, before(25), now)).toBeUndefined();
  expect(silentSince(kind, before(25.1), now)).toEqual(ends ? before(25.1) : undefined);
});
