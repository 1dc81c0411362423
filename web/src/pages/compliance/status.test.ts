import { describe, expect, it } from 'vitest';
import type { CheckSeverity, ListedCheck, StoredResult } from '#compliance/contract.ts';
import { answersIn, statusOf, worstOf } from './status.ts';

const check = (id: string, severity: CheckSeverity = 'medium'): ListedCheck => ({
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
});
const result = (id: string, state: StoredResult['state'], more: Partial<StoredResult> = {}): StoredResult => ({
  id,
  version: 1,
  state,
  document: 'inspect',
  evidence: [],
  ...more,
});
const ids = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id);

describe('how checks stand for a subject', () => {
  it('shows failures the worst first, and one of unknown severity before all', () => {
    const checks = [check('A', 'low'), check('B', 'critical'), check('C', 'high'), check('D', 'critical')];
    const results = ['A', 'D', 'X', 'C', 'B'].map((id) => result(id, 'fail'));
    expect(ids(statusOf(results, checks).failures)).toEqual(['X', 'B', 'D', 'C', 'A']);
  });

  it('puts failures below the one that explains them, through others, and counts them once', () => {
    const checks = [check('A', 'critical'), check('B', 'high'), check('C', 'low'), check('D', 'high')];
    const results = [
      result('C', 'fail', { foldedUnder: 'B' }),
      result('B', 'fail', { foldedUnder: 'A' }),
      result('A', 'fail'),
      result('D', 'fail'),
    ];
    const { failures } = statusOf(results, checks);
    expect(failures.map(({ id, folded }) => [id, ids(folded)])).toEqual([
      ['A', ['B', 'C']],
      ['D', []],
    ]);
  });

  it('loses no failure whose cause does not fail here, or is explained by it', () => {
    const results = [
      result('A', 'fail', { foldedUnder: 'P' }),
      result('P', 'pass'),
      result('B', 'fail', { foldedUnder: 'C' }),
      result('C', 'fail', { foldedUnder: 'B' }),
    ];
    const checks = ['A', 'B', 'C', 'P'].map((id) => check(id));
    expect(ids(statusOf(results, checks).failures)).toEqual(['A', 'B', 'C']);
  });

  it('groups what was not assessed by its reason, the reason of the most first', () => {
    const results = [
      result('A', 'not-assessed', { reason: 'Nobody has set the list.' }),
      result('B', 'not-assessed', { reason: 'The engine did not answer.' }),
      result('C', 'not-assessed', { reason: 'The engine did not answer.' }),
      result('D', 'error', { reason: 'Not a number.' }),
      result('E', 'not-applicable', { reason: 'It has no SELinux.' }),
    ];
    const { notAssessed, errors, notApplicable } = statusOf(results, []);
    expect(notAssessed.map(({ reason, answers }) => [reason, ids(answers)])).toEqual([
      ['The engine did not answer.', ['B', 'C']],
      ['Nobody has set the list.', ['A']],
    ]);
    expect([answersIn(notAssessed), answersIn(errors), answersIn(notApplicable)]).toEqual([3, 1, 1]);
  });

  it('names checks of this release that have no answer, and takes none for a pass', () => {
    const { unanswered, passed } = statusOf([result('A', 'pass')], [check('A'), check('B')]);
    expect([ids(unanswered), ids(passed)]).toEqual([['B'], ['A']]);
  });

  it('keeps every answer in exactly one place', () => {
    const states = ['pass', 'fail', 'warn', 'not-applicable', 'not-assessed', 'error'] as const;
    const results = states.flatMap((state) => [1, 2, 3].map((at) => result(`${state}-${at}`, state)));
    const { failures, warnings, passed, ...others } = statusOf(results, []);
    const grouped = answersIn([...others.errors, ...others.notAssessed, ...others.notApplicable]);
    expect(failures.length + warnings.length + passed.length + grouped).toBe(results.length);
  });
});

it('the worst of some answers is known by its check', () => {
  const all = [check('A', 'low'), check('B', 'high')].map((one) => ({
    id: one.id,
    check: one,
    result: result(one.id, 'fail'),
  }));
  expect(worstOf(all)).toBe('high');
  expect(worstOf([])).toBeUndefined();
});
