import { describe, expect, test } from 'vitest';
import { known } from '#base/index.ts';
import { type CarriedException, type ComplianceRule, newComplianceRule } from '#compliance/contract.ts';
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

describe('exceptions of checks', () => {
  const root: CarriedException = {
    id: '3f2b6f0e-5a0f-4f0e-9a59-6a1d5b1e0c11',
    check: 'IMG-001',
    values: ['no user, so root'],
    expiresAt: new Date(testNow.getTime() + 1000).toISOString(),
  };
  const digest = `sha256:${'a'.repeat(64)}`;
  const facts = testFacts(asRoot);
  const judged = async (more: Partial<CarriedException>) => {
    const collections = [{ id: 'shop', selects: { images: ['shop/*'] } }];
    const rulebook = await openRulebook({
      policies: [defaultPolicy('scan')],
      complianceRules: [blocks],
      collections,
      exceptions: [],
      checkExceptions: [{ ...root, ...more }],
    });
    return Verdict.parse(
      judge({ ...facts, image: { ...facts.image, digest } }, rulebook, { now: testNow, where: [images] }),
    );
  };

  test.each<readonly [string, Partial<CarriedException>, 'pass' | 'fail']>([
    ['of what was seen', {}, 'pass'],
    ['of something else that was seen', { values: ['root'] }, 'fail'],
    ['of another check', { check: 'IMG-002' }, 'fail'],
    ['that ended', { expiresAt: testNow.toISOString() }, 'fail'],
    ['for its names', { collections: ['shop'] }, 'pass'],
    ['for others', { collections: ['other'] }, 'fail'],
    ['for its name', { name: 'shop/app:1' }, 'pass'],
    ['for its name and image', { name: 'shop/app:1', images: [digest] }, 'pass'],
    ['for its name and another image', { name: 'shop/app:1', images: [`sha256:${'b'.repeat(64)}`] }, 'fail'],
    ['for another name', { name: 'shop/app:2' }, 'fail'],
  ])('%s', async (...[, more, kind]) => {
    const verdict = await judged(more);
    const excepted = [{ check: 'IMG-001', exceptions: [root.id], until: root.expiresAt }];
    expect(verdict.kind).toBe(kind);
    expect(verdict.exceptedChecks).toEqual(kind === 'pass' ? excepted : undefined);
  });
});

test('a check that was written at the console fails an image, and may be in error', async () => {
  const verdict = async (expression: string, subject: 'image' | 'container' = 'image') => {
    const about = { title: 'Own', why: '', remedy: {}, severity: 'high', nist: [], version: 1 } as const;
    const rulebook = await openRulebook({
      policies: [defaultPolicy('scan')],
      complianceRules: [{ ...blocks, lines: [{ checks: { by: 'check', id: 'custom-a' }, effect: 'block' }] }],
      collections: [],
      exceptions: [],
      customChecks: [{ ...about, id: 'custom-a', subject, expression }],
    });
    return judge(testFacts(asRoot), rulebook, { now: testNow, where: [images] }).violations.map(
      ({ message }) => message,
    );
  };
  expect(await verdict("user == ''")).toEqual([]);
  expect(await verdict("user != ''")).toEqual([expect.stringContaining('custom-a “Own” is not met')]);
  expect(await verdict('user == 1 +')).toEqual([expect.stringContaining('custom-a not assessed')]);
  expect(await verdict('false', 'container')).toEqual([]);
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
