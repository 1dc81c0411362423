import { describe, expect, it } from 'vitest';
import type { CheckFindings, CheckSeverity, CheckStatus, ListedCheck } from '#compliance/contract.ts';
import { headOf, passes, rowsOf } from './check-rows.ts';

const check = (id: string, severity: CheckSeverity = 'medium', more: Partial<ListedCheck> = {}): ListedCheck => ({
  id,
  subject: 'container',
  title: `${id} is well`,
  why: 'Because.',
  remedy: { docker: 'Change it.' },
  severity,
  nist: [],
  cis: [],
  alsoKnownAs: [],
  version: 1,
  templates: [],
  ...more,
});
const none = {
  pass: 0,
  fail: 0,
  warn: 0,
  'not-applicable': 0,
  'not-assessed': 0,
  error: 0,
  excepted: 0,
  unanswered: 0,
  unreported: 0,
  silent: 0,
};
const findings = (id: string, subjects: Partial<Record<CheckStatus, number>>, folded = 0): CheckFindings => ({
  check: id,
  subjects: { ...none, ...subjects },
  folded,
});

describe('checks with their numbers', () => {
  it('stand in the order in which a person looks at them', () => {
    const rows = rowsOf(
      ['P', 'N', 'W', 'S', 'F', 'L', 'H', 'X'].map((id) => check(id, id === 'H' ? 'critical' : 'low')),
      [
        findings('P', { pass: 3 }),
        findings('N', { 'not-assessed': 2, pass: 1 }),
        findings('W', { warn: 1, pass: 9 }),
        findings('S', { silent: 1 }),
        findings('F', { fail: 4 }, 4),
        findings('L', { fail: 9 }),
        findings('H', { fail: 1 }),
        findings('X', { 'not-applicable': 5 }),
      ],
    );
    expect(rows.map((row) => row.check.id)).toEqual(['H', 'L', 'F', 'S', 'W', 'N', 'P', 'X']);
  });

  it.each([
    [{ fail: 1, silent: 2 }, 'fail', /1 check fails.*1 of them critical/, /2 of hosts that fell silent/],
    [{ pass: 3, unanswered: 1 }, 'unknown', /Not everything/, /1 not evaluated yet/],
    [{ pass: 3, unreported: 2 }, 'unknown', /Not everything/, /: 2 of containers that run and were not reported\./],
    [{ pass: 3, 'not-assessed': 1 }, 'unknown', /Not everything/, /1 not assessed/],
    [{ pass: 3, error: 1 }, 'unknown', /Not everything/, /1 in error/],
    [{ pass: 3, warn: 1 }, 'partly', /1 check warns/, /None fails/],
    [{ pass: 3 }, 'pass', /Every check/, /^$/],
    [{}, 'unknown', /Nothing is known/, /No subject/],
  ] as const)('%j is %s at the head of the page', (...[subjects, state, word, sentence]) => {
    const head = headOf(rowsOf([check('A', 'critical')], [findings('A', subjects)]));
    expect([head.state, head.word, head.sentence]).toEqual([
      state,
      expect.stringMatching(word),
      expect.stringMatching(sentence),
    ]);
  });

  it.each([
    [{}, true],
    [{ template: 'cis-docker' }, true],
    [{ template: 'nist' }, false],
    [{ severity: 'low' }, false],
    [{ subject: 'host' }, false],
    [{ has: 'fail' }, true],
    [{ has: 'warn' }, false],
    [{ has: 'nonsense' }, false],
  ])('the filters %j let it through: %s', (search, isThrough) => {
    const one = check('A', 'high', { templates: [{ id: 'cis-docker', title: 'CIS' }] });
    expect(passes({ check: one, findings: findings('A', { fail: 1 }) }, search)).toBe(isThrough);
  });
});
