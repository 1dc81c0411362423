import { describe, expect, test } from 'vitest';
import { known } from '#base/index.ts';
import { type ComplianceRule, newComplianceRule } from '#compliance/contract.ts';
import { documentText } from '#compliance/index.ts';
import { Verdict } from './contract.ts';
import { defaultPolicy } from './default-policy.ts';
import type { PolicyFacts } from './facts.ts';
import { judge } from './judge.ts';
import { openRulebook } from './rulebook.ts';
import { testFacts, testNow } from './testing.ts';

const text = documentText({
  user: known('', 'config.User'),
  platform: known({ os: 'linux', architecture: 'amd64' }, 'os'),
});
const asRoot: Partial<PolicyFacts> = { checks: { state: 'read', text } };
const images = { images: ['shop/app:1'], labels: {} };

const line = (effect: 'block' | 'alert' | 'ignore') => ({ checks: { by: 'check', id: 'IMG-001' }, effect }) as const;
const blocks: ComplianceRule = {
  ...newComplianceRule,
  id: 'r',
  version: 1,
  name: 'Builds',
  lines: [line('block')],
  notAssessed: 'block',
};

async function verdictOf(facts: Partial<PolicyFacts>, ...complianceRules: readonly ComplianceRule[]) {
  const collections = [{ id: 'shop', selects: { images: ['shop/*'] } }];
  const rulebook = await openRulebook({
    policies: [defaultPolicy('scan')],
    complianceRules,
    collections,
    exceptions: [],
  });
  const verdict = Verdict.parse(judge(testFacts(facts), rulebook, { now: testNow, where: [images] }));
  return { kind: verdict.kind, effects: verdict.violations.map(({ effect }) => effect), verdict };
}

describe('an image that starts as root', () => {
  test('fails by a line that blocks, with the check, the rule and the exact change', async () => {
    const { kind, verdict } = await verdictOf(asRoot, blocks);
    expect(kind).toBe('fail');
    expect(verdict.reason).toMatch(/^IMG-001 “The image does not start as root” is not met: no user, so root\./);
    expect(verdict.violations).toEqual([
      {
        rule: 'compliance',
        effect: 'block',
        message: expect.stringContaining('IMG-001'),
        remedy: expect.stringContaining('USER 10001:10001'),
        check: { id: 'IMG-001', severity: 'high', by: 'Builds' },
      },
    ]);
  });

  test.each<readonly [string, readonly ComplianceRule[], string, readonly string[]]>([
    ['no rule', [], 'pass', []],
    ['a line that alerts', [{ ...blocks, lines: [line('alert')] }], 'pass', ['alert']],
    ['a line that ignores', [{ ...blocks, lines: [line('ignore'), line('block')] }], 'pass', []],
    ['a rule that is off', [{ ...blocks, state: 'off' }], 'pass', []],
    ['a rule for its names', [{ ...blocks, collections: ['shop'] }], 'fail', ['block']],
    [
      'a rule for others',
      [
        { ...blocks, collections: ['other'] },
        { ...blocks, lines: [line('alert')] },
      ],
      'pass',
      ['alert'],
    ],
    ['the first of two', [{ ...blocks, lines: [] }, blocks], 'pass', []],
  ])('by %s', async (...[, rules, kind, effects]) => {
    expect(await verdictOf(asRoot, ...rules)).toMatchObject({ kind, effects });
  });

  test('has no verdict where its scan is incomplete, and the violation is listed', async () => {
    const scan = {
      state: 'done',
      scannedAt: testNow.toISOString(),
      faults: [{ code: 'corrupt-archive', message: 'x' }],
    } as const;
    expect(await verdictOf({ ...asRoot, scan }, blocks)).toMatchObject({
      kind: 'cannot-judge',
      effects: ['cannot-judge', 'block'],
    });
  });
});

describe('a scan that is older than facts for checks', () => {
  test.each([
    ['ignore', 'pass', []],
    ['alert', 'pass', ['alert']],
    ['block', 'fail', ['block']],
  ] as const)('does what the rule says of checks not assessed: %s', async (notAssessed, kind, effects) => {
    expect(await verdictOf({}, { ...blocks, notAssessed })).toMatchObject({ kind, effects });
  });

  test('keeps its verdict without such a rule', async () => {
    expect(
      await verdictOf({}, { ...newComplianceRule, id: 'd', version: 1, name: 'D', notAssessed: 'ignore' }),
    ).toMatchObject({
      kind: 'pass',
      effects: [],
    });
  });
});

test.each<Partial<PolicyFacts>>([{ checks: { state: 'none' } }, { image: { isHost: true, labels: {}, packages: [] } }])(
  'what is no image is not judged by checks of images: %j',
  async (facts) => expect(await verdictOf(facts, blocks)).toMatchObject({ kind: 'pass', effects: [] }),
);
