import { describe, expect, test } from 'vitest';
import type { Policy } from './contract.ts';
import type { PolicyFacts, PolicyFinding } from './facts.ts';
import { judge } from './judge.ts';
import type { ApprovedException } from './rulebook.ts';

const now = new Date('2026-11-24T12:00:00Z');
const counts = [0, 1, 3] as const;

/** What a finding is, and the sign by which its id tells it. */
const kinds = ['fixed', 'unfixed', 'excepted', 'suppressed', 'grace', 'unrated', 'unratedUnfixed', 'below'] as const;
type Kind = (typeof kinds)[number];
type Numbers = Readonly<Partial<Record<Kind, number>>>;

const changes: Readonly<Record<Kind, Partial<PolicyFinding>>> = {
  fixed: { fixed: '2' },
  unfixed: {},
  excepted: { fixed: '2' },
  suppressed: { fixed: '2', suppressed: { reason: 'r', by: 'b' } },
  // High has days of grace, critical has none.
  grace: { fixed: '2', severity: 'high', score: 7.5, fixAppeared: '2026-11-20T12:00:00Z' },
  unrated: { fixed: '2', severity: 'unrated', score: undefined as never },
  unratedUnfixed: { severity: 'unrated', score: undefined as never },
  below: { fixed: '2', severity: 'low', score: 2 },
};

function findingsOf(numbers: Numbers): readonly PolicyFinding[] {
  return kinds.flatMap((kind) =>
    Array.from({ length: numbers[kind] ?? 0 }, (_, index) => ({
      id: `CVE-${kind}-${index}`,
      aliases: [],
      severity: 'critical' as const,
      score: 9.8,
      package: 'p',
      type: 'deb' as const,
      purl: 'pkg:deb/debian/p@1',
      installed: '1',
      status: 'affected' as const,
      layer: 0,
      matchedBy: { advisory: 'A', scheme: 'deb' },
      ...changes[kind],
    })),
  );
}

const limit = {
  kind: 'severity',
  threshold: { by: 'severity', severity: 'high' },
  onlyFixed: true,
  unrated: 'block',
  effect: 'block',
  grace: { critical: 0, other: 14 },
} as const;

interface Question {
  readonly rules?: Policy['rules'];
  readonly onlyFixedName?: string;
  readonly faults?: Extract<PolicyFacts['scan'], { readonly state: 'done' }>['faults'];
}

function judged(numbers: Numbers, { rules = [limit], faults = [], ...options }: Question = {}) {
  const findings = findingsOf(numbers);
  const exceptions = findings
    .filter(({ id }) => id.startsWith('CVE-excepted'))
    .map(
      ({ id }, index): ApprovedException => ({
        id: `00000000-0000-4000-8000-00000000000${index}`,
        advisory: id,
        package: { type: 'deb', name: 'p', version: '1' },
        expiresAt: '2027-01-01T00:00:00Z',
        state: 'approved',
      }),
    );
  const facts: PolicyFacts = {
    scan: { state: 'done', scannedAt: now.toISOString(), faults },
    database: { state: 'ready', builtAt: now.toISOString(), feeds: [] },
    image: { labels: {}, packages: [] },
    findings,
  };
  const policies = [{ id: 'p', version: 1, name: 'p', rules }];
  const rulebook = {
    policies,
    exceptions,
    complianceRules: [],
    checkExceptions: [],
    customChecks: [],
    custom: [],
    lists: {},
    collections: new Map(),
    expressions: { of: () => undefined },
    compareVersions: () => undefined,
  };
  return judge(facts, rulebook, { now, where: [], ...options });
}

function reason(numbers: Numbers, question: Question = {}): string {
  return judged(numbers, question).reason;
}

describe('the sentence of a verdict', () => {
  test.each<readonly [Numbers, string]>([
    [{}, 'No finding.'],
    [{ suppressed: 1 }, 'No finding counts: 1 is suppressed.'],
    [{ suppressed: 3 }, 'No finding counts: 3 are suppressed.'],
    [{ below: 1 }, 'The only finding does not reach the limit High.'],
    [{ below: 3 }, 'None of 3 findings reaches the limit High.'],
    [{ below: 3, suppressed: 3 }, 'None of 3 findings reaches the limit High.'],
    [
      { unfixed: 1 },
      'The only finding does not block: it reaches the limit High but has no fix and does not count for it (--only-fixed).',
    ],
    [
      { unfixed: 3 },
      'None of 3 findings blocks: 3 reach the limit High but have no fix and do not count for it (--only-fixed).',
    ],
    [
      { unfixed: 3, below: 1 },
      'None of 4 findings blocks: 3 reach the limit High but have no fix and do not count for it (--only-fixed); 1 does not reach it.',
    ],
    [
      { unratedUnfixed: 1 },
      'The only finding does not block: it is not rated yet, has no fix and does not count (--only-fixed).',
    ],
    [
      { unratedUnfixed: 3, below: 3 },
      'None of 6 findings blocks: 3 are not rated yet, have no fix and do not count (--only-fixed); 3 do not reach the limit High.',
    ],
    [{ excepted: 1 }, 'The only finding is excepted.'],
    [{ excepted: 3 }, 'All 3 findings are excepted.'],
    [{ excepted: 1, below: 1 }, 'None of 2 findings blocks: 1 is excepted; 1 does not reach the limit High.'],
    [{ grace: 1 }, 'The only finding does not block: it is in its days of grace and blocks from 2026-12-04.'],
    [
      { grace: 3, excepted: 3, below: 1 },
      'None of 7 findings blocks: 3 are in their days of grace, the first blocks from 2026-12-04; 3 are excepted; 1 does not reach the limit High.',
    ],
    [{ fixed: 1 }, '1 finding reaches the limit High, the worst is CVE-fixed-0 in p 1, Critical (9.8).'],
    [
      { fixed: 1, unfixed: 1 },
      '1 finding reaches the limit High, the worst is CVE-fixed-0 in p 1, Critical (9.8). 1 other reaches it but has no fix and does not count for it (--only-fixed).',
    ],
    [
      { fixed: 3, unfixed: 3, grace: 1, excepted: 1, unratedUnfixed: 1, suppressed: 3, below: 3 },
      '3 findings reach the limit High, the worst is CVE-fixed-0 in p 1, Critical (9.8). 3 others reach it but have no fix and do not count for it (--only-fixed); 1 is not rated yet, has no fix and does not count (--only-fixed); 1 is in its days of grace and blocks from 2026-12-04; 1 is excepted.',
    ],
    [{ unrated: 1 }, '1 finding reaches the limit High because nobody has rated it yet.'],
  ])('%j', (numbers, sentence) => {
    // What nobody has rated has days of grace only where its fix is dated, which it is not here.
    expect(reason(numbers, { onlyFixedName: '--only-fixed' })).toBe(sentence);
  });

  test('names as the worst what tables list first: the first by risk, not by CVSS score', () => {
    const [first, second] = findingsOf({ fixed: 2 });
    const low = { ...first, severity: 'high', score: 7.5, rank: 84 } as PolicyFinding;
    const high = { ...second, score: 9.9, rank: 60 } as PolicyFinding;
    const facts: PolicyFacts = {
      scan: { state: 'done', scannedAt: now.toISOString(), faults: [] },
      database: { state: 'ready', builtAt: now.toISOString(), feeds: [] },
      image: { labels: {}, packages: [] },
      findings: [low, high],
    };
    const policies = [{ id: 'p', version: 1, name: 'p', rules: [{ ...limit, grace: undefined as never }] }];
    const rulebook = {
      policies,
      exceptions: [],
      complianceRules: [],
      checkExceptions: [],
      customChecks: [],
      custom: [],
      lists: {},
      collections: new Map(),
      expressions: { of: () => undefined },
      compareVersions: () => undefined,
    };
    const { reason: said } = judge(facts, rulebook, { now, where: [] });
    expect(said).toContain(low.id);
    expect(said).not.toContain(high.id);
  });

  test('names the setting as pages do unless it is told another name', () => {
    expect(reason({ unfixed: 1 })).toContain('(only what has a fix)');
  });

  test('of a scan that is incomplete tells what counts and what does not as well', () => {
    const faults = [{ code: 'file-limit', message: 'A file is too large.' }];
    const rules = [limit, { kind: 'incomplete-scan', effect: 'cannot-judge' }] as const;
    expect(reason({ unfixed: 3, excepted: 1 }, { rules, faults })).toBe(
      'The scan is incomplete: A file is too large. 3 findings reach the limit High but have no fix and do not count for it (only what has a fix); 1 is excepted.',
    );
  });

  test.each<readonly [string, Policy['rules'], Numbers, string]>([
    ['no limit', [], { fixed: 1 }, 'No rule stops the only finding.'],
    ['no limit', [], { fixed: 3, excepted: 1 }, 'No rule stops the 3 findings; 1 more is excepted.'],
    ['a limit that ignores', [{ ...limit, effect: 'ignore' }], { fixed: 3 }, 'No rule stops the 3 findings.'],
    [
      'a limit that alerts',
      [{ ...limit, effect: 'alert', onlyFixed: false }],
      { fixed: 1, unfixed: 1, below: 1 },
      'None of 3 findings blocks: 2 reach the limit High, which only alerts; 1 reaches no limit.',
    ],
    [
      'a limit that ignores what is unrated',
      [{ ...limit, unrated: 'ignore' }],
      { unrated: 1, below: 1 },
      'None of 2 findings blocks: 1 is not rated yet and does not count (unrated: ignore); 1 does not reach the limit High.',
    ],
    [
      'a limit that alerts of what is unrated',
      [{ ...limit, unrated: 'alert' }],
      { unrated: 3 },
      'None of 3 findings blocks: 3 are not rated yet and only alert.',
    ],
    [
      'an earlier limit that alerts',
      [limit, { ...limit, threshold: { by: 'severity', severity: 'low' }, onlyFixed: false, effect: 'alert' }],
      { unfixed: 1, below: 3 },
      'None of 4 findings blocks: 1 reaches the limit High but has no fix and does not count for it (only what has a fix); 3 reach the limit Low, which only alerts.',
    ],
    [
      'two limits',
      [limit, { ...limit, threshold: { by: 'cvss', score: 9 }, onlyFixed: false }],
      { below: 1, unfixed: 1 },
      '1 finding reaches the limit High or CVSS 9.0, the worst is CVE-unfixed-0 in p 1, Critical (9.8).',
    ],
  ])('%s: %j', (_, rules, ...[numbers, sentence]) => expect(reason(numbers, { rules })).toBe(sentence));

  test('adds up and agrees in number, whatever was found', () => {
    for (const numbers of combinations()) {
      const { kind, reason: said, violations, excepted = [] } = judged(numbers);
      const blocking = violations.filter(({ effect }) => effect === 'block').length;
      const { suppressed = 0 } = numbers;
      const all = findingsOf(numbers).length - suppressed;
      const parts = said.slice(said.indexOf(kind === 'pass' ? ': ' : '). ')).split('; ');
      const label = JSON.stringify(numbers);
      expect(said, label).not.toMatch(
        /\b(?:1 (?:are|reach|do|have|others|findings)|[2-9] (?:is|reaches|does|has|other|finding))\b/,
      );
      expect(said.includes('no fix'), label).toBe((numbers.unfixed ?? 0) + (numbers.unratedUnfixed ?? 0) > 0);
      expect(said.includes('excepted'), label).toBe(excepted.length > 0);
      expect(said.includes('grace'), label).toBe((numbers.grace ?? 0) > 0);
      if (kind === 'fail') expect(said, label).toMatch(new RegExp(`^${blocking} findings? reach`));
      if (kind === 'pass' && /^None of \d+ findings blocks/.test(said))
        expect(
          parts.reduce((sum, part) => sum + Number(/\d+/.exec(part)), 0),
          label,
        ).toBe(all);
      if (all === 0) expect(said, label).toMatch(/^No finding/);
    }
  });
});

function combinations(): readonly Numbers[] {
  return kinds.reduce<readonly Numbers[]>(
    (made, kind) => made.flatMap((numbers) => counts.map((count) => ({ ...numbers, [kind]: count }))),
    [{}],
  );
}
