import { describe, expect, test } from 'vitest';
import { known, missing } from '#base/index.ts';
import type { ComplianceEffect } from './contract-effect.ts';
import type { CheckChoice, ComplianceRule } from './contract-rule.ts';
import { documentText, type Fields } from './document.ts';
import { ruleFindings, unseenFinding } from './rule-findings.ts';

type Rule = Pick<ComplianceRule, 'lines' | 'notAssessed'>;

const linux = known({ os: 'linux', architecture: 'amd64' }, 'os');
const root: Fields = { user: known('', 'config.User'), userId: known(0, 'config.User'), platform: linux };
const one = (id: string): CheckChoice => ({ by: 'check', id });
const rule = (notAssessed: ComplianceEffect, ...lines: readonly (readonly [string, ComplianceEffect])[]): Rule => ({
  lines: lines.map(([id, effect]) => ({ checks: one(id), effect })),
  notAssessed,
});

function findings(by: Rule, fields: Fields = root) {
  const documents = [{ kind: 'scan', text: documentText(fields) }];
  return ruleFindings(by, { kind: 'image', documents, asker: 'dockerfile' }, { now: new Date(0), lists: {} }).findings;
}

const told = (by: Rule, fields?: Fields) => findings(by, fields).map(({ effect, check }) => `${effect} ${check.id}`);

describe('what a rule says of a subject', () => {
  test('names the check, what was seen and the change for who builds', () => {
    expect(findings(rule('ignore', ['IMG-001', 'block']))).toEqual([
      {
        effect: 'block',
        check: { id: 'IMG-001', severity: 'high' },
        message: 'IMG-001 “The image does not start as root” is not met: no user, so root.',
        remedy: 'Create an account and end the Dockerfile with its number: USER 10001:10001.',
      },
    ]);
  });

  test.each<readonly [Rule, readonly string[]]>([
    [rule('block'), []],
    [rule('block', ['IMG-001', 'ignore']), []],
    // IMG-003 fails because IMG-001 does: it is told with it where the effect is the same, and by itself where it blocks alone.
    [rule('ignore', ['IMG-001', 'alert'], ['IMG-003', 'alert']), ['alert IMG-001']],
    [rule('ignore', ['IMG-003', 'block'], ['IMG-001', 'block']), ['block IMG-001']],
    [rule('ignore', ['IMG-001', 'alert'], ['IMG-003', 'block']), ['block IMG-003', 'alert IMG-001']],
    [rule('ignore', ['IMG-001', 'block'], ['IMG-001', 'ignore']), ['block IMG-001']],
  ])('%j gives %j', (by, expected) => expect(told(by)).toEqual(expected));

  test('what fails with a check is named with it', () => {
    const [found] = findings(rule('ignore', ['IMG-001', 'block'], ['IMG-003', 'block']));
    expect(found?.message).toMatch(/ is not met: no user, so root\. Fails with it: IMG-003\.$/);
  });

  test('a passing image gives nothing', () => {
    const user = { ...root, user: known('1000', 'config.User'), userId: known(1000, 'config.User') };
    expect(told(rule('block', ['IMG-001', 'block'], ['IMG-002', 'block'], ['IMG-003', 'block']), user)).toEqual([]);
  });

  test.each(['ignore', 'alert', 'block'] as const)('checks that lack the same fact are one line that %ss', (effect) => {
    const by = rule(effect, ['IMG-024', 'block'], ['IMG-061', 'alert'], ['IMG-001', 'alert']);
    const unread = findings(by, { ...root, steps: missing('the image has no history') });
    expect(unread.filter(({ check }) => check.id !== 'IMG-001')).toEqual(
      effect === 'ignore'
        ? []
        : [
            {
              effect,
              check: { id: 'IMG-024', severity: 'medium' },
              message: 'IMG-024, IMG-061 not assessed: The image has no history.',
              remedy: expect.any(String),
            },
          ],
    );
  });
});

describe('a subject without a document', () => {
  const why = { reason: 'the scan is older.', remedy: 'Scan again.' };

  test.each<readonly [Rule, string | undefined]>([
    [rule('ignore', ['IMG-001', 'block']), undefined],
    [rule('block'), undefined],
    [rule('block', ['IMG-001', 'ignore']), undefined],
    [rule('block', ['CTR-001', 'block']), undefined],
    [rule('alert', ['IMG-001', 'block']), 'alert IMG-001 1 check not assessed: the scan is older.'],
    [
      rule('block', ['IMG-061', 'alert'], ['IMG-001', 'alert']),
      'block IMG-001 2 checks not assessed: the scan is older.',
    ],
  ])('is by %j %j', (by, expected) => {
    const found = unseenFinding(by, 'image', why);
    expect(found && `${found.effect} ${found.check.id} ${found.message}`).toBe(expected);
  });
});
