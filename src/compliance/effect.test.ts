import { describe, expect, test } from 'vitest';
import type { ComplianceEffect } from './contract-effect.ts';
import type { CheckChoice } from './contract-rule.ts';
import { effectOf, isNamed } from './effect.ts';

const check = { id: 'CTR-001', severity: 'high', nist: ['4.4.3', '4.1.2'], cis: ['5.5'] } as const;
const all: CheckChoice = { by: 'check', id: 'CTR-001' };
const states = ['pass', 'fail', 'warn', 'not-applicable', 'not-assessed', 'error', 'excepted'] as const;
type State = (typeof states)[number];

describe('the effect of a rule', () => {
  // What is done, by the effect of the line: ignore, alert, block; `R` is what the rule says of checks not assessed.
  const table: Readonly<Record<State | 'folded fail', readonly (ComplianceEffect | 'record' | 'R')[]>> = {
    pass: ['record', 'record', 'record'],
    'not-applicable': ['record', 'record', 'record'],
    excepted: ['record', 'record', 'record'],
    fail: ['ignore', 'alert', 'block'],
    'folded fail': ['ignore', 'record', 'block'],
    warn: ['ignore', 'alert', 'alert'],
    'not-assessed': ['ignore', 'R', 'R'],
    error: ['ignore', 'R', 'R'],
  };
  const effects = ['ignore', 'alert', 'block'] as const;
  const rows = Object.entries(table).flatMap(([state, expected]) =>
    effects.flatMap((effect, at) =>
      effects.map(
        (notAssessed) => [state, effect, notAssessed, expected[at] === 'R' ? notAssessed : expected[at]] as const,
      ),
    ),
  );

  test.each(rows)(
    'of %s under a line that says %s, not assessed %s: %s',
    (...[state, effect, notAssessed, expected]) => {
      const [first = '', second] = state.split(' ');
      const result = second === undefined ? { state: first } : { state: second, foldedUnder: 'CTR-000' };
      const rule = { lines: [{ checks: all, effect }], notAssessed };
      expect(effectOf(check, result as { state: State }, rule)).toBe(expected);
    },
  );

  test.each(states)('of %s is to record it where no line names the check', (state) => {
    expect(effectOf(check, { state }, { lines: [], notAssessed: 'block' })).toBe('record');
    const other = { checks: { by: 'check', id: 'CTR-002' } as const, effect: 'block' as const };
    expect(effectOf(check, { state }, { lines: [other], notAssessed: 'block' })).toBe('record');
  });

  test('is that of the first line that names the check', () => {
    const lines = [
      { checks: { by: 'severity', severity: 'critical' } as const, effect: 'ignore' as const },
      { checks: all, effect: 'alert' as const },
      { checks: { by: 'severity', severity: 'low' } as const, effect: 'block' as const },
    ];
    expect(effectOf(check, { state: 'fail' }, { lines, notAssessed: 'alert' })).toBe('alert');
    expect(effectOf({ ...check, severity: 'critical' }, { state: 'fail' }, { lines, notAssessed: 'alert' })).toBe(
      'ignore',
    );
    expect(effectOf({ ...check, id: 'CTR-009' }, { state: 'fail' }, { lines, notAssessed: 'alert' })).toBe('block');
  });
});

test.each<readonly [CheckChoice, boolean]>([
  [{ by: 'check', id: 'CTR-001' }, true],
  [{ by: 'check', id: 'CTR-00' }, false],
  [{ by: 'severity', severity: 'high' }, true],
  [{ by: 'severity', severity: 'medium' }, true],
  [{ by: 'severity', severity: 'critical' }, false],
  [{ by: 'template', template: 'nist-800-190' }, true],
  [{ by: 'template', template: 'nist-800-190', section: '4.4.3' }, true],
  [{ by: 'template', template: 'nist-800-190', section: '4.4' }, true],
  [{ by: 'template', template: 'nist-800-190', section: '4' }, true],
  [{ by: 'template', template: 'nist-800-190', section: '4.4.4' }, false],
  [{ by: 'template', template: 'nist-800-190', section: '4.1.2.1' }, false],
  [{ by: 'template', template: 'cis-docker', section: '5' }, true],
  [{ by: 'template', template: 'cis-docker', section: '4' }, false],
  [{ by: 'template', template: 'nobody' }, false],
])('a line over %j names the check: %s', (choice, expected) => {
  expect(isNamed(choice, check)).toBe(expected);
});
