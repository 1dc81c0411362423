import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedAge, Finding } from '#vulnerability/index.ts';
import type { Policy } from './contract.ts';
import { Verdict } from './contract.ts';
import { defaultPolicy, policyFor } from './default-policy.ts';
import type { PolicyFacts } from './facts.ts';
import { judge } from './judge.ts';
import { parseThreshold } from './threshold.ts';

const now = new Date('2026-11-24T12:00:00Z');
const fresh: FeedAge = { feed: 'Debian:13/all.zip', ecosystem: 'Debian:13', asOf: '2026-11-20T00:00:00Z' };
const old: FeedAge = { ...fresh, asOf: '2026-08-01T00:00:00Z' };

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    id: 'CVE-2026-0001',
    aliases: [],
    severity: 'high',
    score: 7.5,
    cvss: [],
    vendorRatings: [],
    package: 'openssl',
    type: 'deb',
    purl: 'pkg:deb/debian/openssl@3.0.11',
    installed: '3.0.11',
    fixed: '3.0.17',
    status: 'fixed',
    layer: 0,
    matchedBy: {
      advisory: 'A',
      ecosystem: 'Debian:13',
      name: 'openssl',
      version: '3.0.11',
      scheme: 'deb',
      range: '>= 0',
    },
    risk: { score: 10, points: {} },
    ...changes,
  };
}

function facts(findings: readonly Finding[], changes: Partial<PolicyFacts> = {}): PolicyFacts {
  return {
    scan: { state: 'done', scannedAt: now.toISOString(), faults: [] },
    database: { state: 'ready', builtAt: now.toISOString(), feeds: [fresh] },
    image: { labels: {}, packages: [] },
    findings,
    ...changes,
  };
}

function verdictOf(about: PolicyFacts, policy: Policy = defaultPolicy('scan')): Verdict {
  const rulebook = {
    policies: [policy],
    complianceRules: [],
    checkExceptions: [],
    customChecks: [],
    custom: [],
    lists: {},
    collections: new Map(),
    exceptions: [],
    expressions: { of: () => undefined },
    compareVersions: () => undefined,
  };
  return Verdict.parse(judge(about, rulebook, { now, where: [] }));
}

const incomplete: PolicyFacts['scan'] = {
  state: 'done',
  scannedAt: now.toISOString(),
  faults: [{ code: 'truncated-archive', message: 'The layer ends at byte 4096.', path: 'layer.tar' }],
};

describe('the limit', () => {
  test.each([
    ['medium', { severity: 'medium', score: 4 }, 'fail'],
    ['medium', { severity: 'low', score: 3.9 }, 'pass'],
    ['medium', { severity: 'negligible', score: 0 }, 'pass'],
    ['medium', { severity: 'critical', score: undefined }, 'fail'],
    ['high', { severity: 'medium', score: 6.9 }, 'pass'],
    ['low', { severity: 'negligible', score: 0 }, 'pass'],
    ['7.5', { severity: 'high', score: 7.5 }, 'fail'],
    ['7.5', { severity: 'high', score: 7.4 }, 'pass'],
    ['7.5', { severity: 'low', score: undefined }, 'fail'],
    ['0', { severity: 'negligible', score: 0 }, 'fail'],
  ] as const)('%s and %o: %s', (limit, { severity, score }, kind) => {
    const { score: _score, ...rest } = finding({ severity });
    const one = score === undefined ? rest : { ...rest, score };
    expect(verdictOf(facts([one]), policyFor({ kind: 'scan', threshold: parseThreshold(limit) })).kind).toBe(kind);
  });

  test.each(['', 'severe', '-1', '10.1', '11', '1e1', 'NaN', '7,5'])('"%s" is none', (text) => {
    expect(() => parseThreshold(text)).toThrow('no limit');
  });

  test.each(['Medium', ' HIGH ', '4.0', '10', '0'])('"%s" is one', (text) => {
    expect(parseThreshold(text)).toBeDefined();
  });
});

describe('what nobody rates', () => {
  const { score: _score, ...unrated } = finding({ severity: 'unrated' });

  test('counts as reaching every limit, and is shown as unrated', () => {
    for (const limit of ['low', 'critical', '10']) {
      const verdict = verdictOf(facts([unrated]), policyFor({ kind: 'scan', threshold: parseThreshold(limit) }));
      expect(verdict.kind).toBe('fail');
      expect(verdict.violations[0]?.finding?.severity).toBe('unrated');
      expect(verdict.violations[0]?.message).toContain('not rated by anyone');
    }
  });

  test.each([
    ['alert', 'pass', 1],
    ['ignore', 'pass', 0],
    ['block', 'fail', 1],
  ] as const)('does what the rule says: %s', (effect, kind, violations) => {
    const verdict = verdictOf(facts([unrated]), withRule({ unrated: effect }));
    expect([verdict.kind, verdict.violations.length]).toEqual([kind, violations]);
  });

  test('does not block under a rule that only alerts', () => {
    expect(verdictOf(facts([unrated]), withRule({ unrated: 'block', effect: 'alert' })).kind).toBe('pass');
  });
});

describe('what does not count', () => {
  test('suppressed findings', () => {
    const suppressed = finding({ suppressed: { reason: 'owned by a package of the distribution', by: 'dpkg' } });
    expect(verdictOf(facts([suppressed])).violations).toEqual([]);
  });

  test('findings without a fix, when only fixed ones are asked for', () => {
    const { fixed: _fixed, ...open } = finding({ id: 'CVE-2026-0002', status: 'affected' });
    const policy = policyFor({ kind: 'scan', onlyFixed: true });
    expect(verdictOf(facts([open]), policy).kind).toBe('pass');
    expect(verdictOf(facts([open, finding()]), policy).violations.map(({ finding: of }) => of?.id)).toEqual([
      'CVE-2026-0001',
    ]);
  });
});

describe('what was not judged', () => {
  const codes = ['no-advisory-data', 'unreadable-version', 'unreadable-bound', 'unknown-version'];
  const withFaults = (...codesOf: readonly string[]): PolicyFacts =>
    facts([], {
      scan: {
        state: 'done',
        scannedAt: now.toISOString(),
        faults: codesOf.map((code, at) => ({ code, message: `Fault ${at}.`, path: `opt/${at}.jar` })),
      },
    });
  const incompleteOnly = (effect: 'block' | 'ignore' | 'alert' | 'cannot-judge'): Policy => ({
    ...defaultPolicy('scan'),
    rules: [{ kind: 'incomplete-scan', effect }],
  });
  const notJudged = (
    effect: 'block' | 'ignore' | 'alert' | 'cannot-judge',
    unidentified?: 'block' | 'ignore',
  ): Policy => ({
    ...defaultPolicy('scan'),
    rules: [
      { kind: 'incomplete-scan', effect: 'ignore' },
      { kind: 'not-judged', effect, ...(unidentified === undefined ? {} : { unidentified }) },
    ],
  });

  test.each(codes)('%s withholds the verdict by default', (code) => {
    const verdict = verdictOf(withFaults(code));
    expect([verdict.kind, verdict.violations.map(({ rule }) => rule)]).toEqual(['cannot-judge', ['not-judged']]);
    expect(verdict.reason).toBe('Not judged: Fault 0.');
  });

  test.each([
    ['cannot-judge', 'cannot-judge', 1],
    ['block', 'fail', 1],
    ['alert', 'pass', 1],
    ['ignore', 'pass', 0],
  ] as const)('a policy does what it says: %s', (effect, kind, violations) => {
    for (const policy of [notJudged(effect), incompleteOnly(effect)]) {
      const verdict = verdictOf(withFaults('unknown-version'), policy);
      expect([verdict.kind, verdict.violations.length]).toEqual([kind, violations]);
    }
  });

  test('a finding that blocks fails all the same, and the reason says what was not judged', () => {
    const { kind, reason, violations } = verdictOf({ ...withFaults('unreadable-bound'), findings: [finding()] });
    expect([kind, violations.map(({ rule }) => rule)]).toEqual(['fail', ['not-judged', 'severity']]);
    expect(reason).toContain('Not judged: Fault 0.');
  });

  test('faults of reading are of the other rule', () => {
    const verdict = verdictOf(withFaults('truncated-archive', 'a-code-of-a-newer-version'), notJudged('block'));
    expect(verdict.violations).toEqual([]);
    const rules = verdictOf(withFaults('truncated-archive', 'unknown-version')).violations.map(({ rule }) => rule);
    expect(rules).toEqual(['incomplete-scan', 'not-judged']);
  });

  test('unidentified files alert together, whatever a policy of before says of incomplete scans', () => {
    const files = withFaults(...Array.from({ length: 7 }, () => 'unidentified-package'));
    for (const policy of [defaultPolicy('scan'), incompleteOnly('cannot-judge')]) {
      const { kind, violations } = verdictOf(files, policy);
      expect([kind, violations.map(({ effect }) => effect)]).toEqual(['pass', ['alert']]);
      expect(violations[0]?.message).toMatch(
        /\b7 files .*: opt\/0\.jar, opt\/1\.jar, opt\/2\.jar, opt\/3\.jar, opt\/4\.jar and 2 more\.$/,
      );
    }
    expect(verdictOf(withFaults('unidentified-package')).violations[0]).toMatchObject({ message: 'Fault 0.' });
  });

  test('unidentified files that are only counted are counted', () => {
    const code = 'unidentified-package';
    const reported = { code, message: 'a: not identified.', path: 'opt/a.jar' };
    const rest = { code, message: '50 more archives are not identified.', count: 50 };
    const { violations } = verdictOf(
      facts([], { scan: { state: 'done', scannedAt: now.toISOString(), faults: [reported, rest] } }),
    );
    expect(violations[0]?.message).toMatch(/\b51 files .*: opt\/a\.jar and 50 more\.$/);
  });

  test.each([
    ['block', 'fail'],
    ['ignore', 'pass'],
  ] as const)('unidentified files do what the rule says: %s', (unidentified, kind) => {
    const verdict = verdictOf(withFaults('unidentified-package'), notJudged('alert', unidentified));
    expect(verdict.kind).toBe(kind);
  });

  test('without either rule nothing is said', () => {
    const policy = { ...defaultPolicy('scan'), rules: [] };
    expect(verdictOf(withFaults('unknown-version', 'unidentified-package'), policy).violations).toEqual([]);
  });
});

describe('what is not known', () => {
  test('an incomplete scan withholds the verdict and still lists what was found', () => {
    const verdict = verdictOf(facts([finding()], { scan: incomplete }));
    expect(verdict.kind).toBe('cannot-judge');
    expect(verdict.violations.map(({ rule }) => rule)).toEqual(['incomplete-scan', 'severity']);
    expect(verdict.reason).toMatch(/\bincomplete: The layer ends at byte 4096\..*\b1 finding\b.*\bMedium\b/);
  });

  test('no scan and no database withhold it', () => {
    expect(verdictOf(facts([], { scan: { state: 'missing', reason: 'It was never scanned.' } }))).toMatchObject({
      kind: 'cannot-judge',
      reason: expect.stringMatching(/: It was never scanned\.$/),
      violations: [{ rule: 'unscanned' }],
    });
    const verdict = verdictOf(
      facts([], { database: { state: 'missing', reason: 'There is no vulnerability database.' } }),
    );
    expect([verdict.kind, verdict.violations[0]?.rule]).toEqual(['cannot-judge', 'unscanned']);
  });

  test.each([
    ['says nothing of it', [], 'cannot-judge'],
    ['ignores it', [{ kind: 'unscanned', effect: 'ignore' }], 'pass'],
  ] as const)('what was never matched has the verdict of its policy, which %s', (_, rules, kind) => {
    const unmatched = facts([], { database: { state: 'missing', reason: 'There is no vulnerability database.' } });
    const unscanned = facts([], { scan: { state: 'missing', reason: 'It was never scanned.' } });
    const policy: Policy = { ...policyFor({ kind: 'scan', onlyFixed: false }), rules };
    expect([unmatched, unscanned, facts([])].map((one) => verdictOf(one, policy).kind)).toEqual([kind, kind, 'pass']);
  });

  test('old feeds are shown in a scan and withhold the verdict in production', () => {
    const about = facts([], { database: { state: 'ready', builtAt: now.toISOString(), feeds: [old] } });
    const scan = verdictOf(about);
    expect([scan.kind, scan.violations[0]?.effect]).toEqual(['pass', 'alert']);
    expect(scan.reason).toContain('of 2026-08-01, 115 days old');
    expect(verdictOf(about, defaultPolicy('production')).kind).toBe('cannot-judge');
    expect(verdictOf(about, policyFor({ kind: 'production', staleDays: 200 })).kind).toBe('pass');
  });

  test('findings that block weigh more than old feeds', () => {
    const about = facts([finding()], { database: { state: 'ready', builtAt: now.toISOString(), feeds: [old] } });
    expect(verdictOf(about, defaultPolicy('production')).kind).toBe('fail');
  });

  test.each([
    ['2026-11-16T12:00:01Z', 'pass'],
    ['2026-11-16T12:00:00Z', 'cannot-judge'],
    ['2026-11-25T11:00:00Z', 'pass'],
    ['2027-01-01T00:00:00Z', 'cannot-judge'],
    ['no date', 'cannot-judge'],
    [undefined, 'cannot-judge'],
  ])('a feed of %s: %s', (asOf, kind) => {
    const feed = { feed: 'npm/all.zip', ecosystem: 'npm', ...(asOf === undefined ? {} : { asOf }) };
    const about = facts([], { database: { state: 'ready', builtAt: now.toISOString(), feeds: [feed] } });
    expect(verdictOf(about, defaultPolicy('production')).kind).toBe(kind);
  });
});

describe('what people read', () => {
  test('the exact change, and how much it removes', () => {
    const findings = [
      finding(),
      finding({ id: 'CVE-2026-0002', fixed: '3.0.15' }),
      finding({
        id: 'CVE-2026-0003',
        package: 'curl',
        purl: 'pkg:deb/debian/curl@8.1',
        installed: '8.1',
        fixed: '8.2',
      }),
    ];
    expect(verdictOf(facts(findings)).violations.map(({ remedy }) => remedy)).toEqual([
      expect.stringMatching(/\bopenssl\b.*\b3\.0\.11\b.*\b3\.0\.17 \(removes 2\)\.$/),
      expect.stringMatching(/\bopenssl\b.*\b3\.0\.11\b.*\b3\.0\.17 \(removes 2\)\.$/),
      expect.stringMatching(/\bcurl\b.*\b8\.1\b.*\b8\.2\.$/),
    ]);
  });

  test('a count, the limit, the worst and the unrated', () => {
    const { score: _score, ...unrated } = finding({ id: 'CVE-2026-0002', severity: 'unrated' });
    const worst = finding({ id: 'CVE-2026-0003', severity: 'critical', score: 9.8 });
    expect(verdictOf(facts([worst, finding(), unrated])).reason).toMatch(
      /^3 findings .*\bMedium, .*\bCVE-2026-0003 in openssl 3\.0\.11, Critical \(9\.8\); 1 .*\brated\b/,
    );
    expect(verdictOf(facts([])).reason).toBe('No finding.');
    expect(verdictOf(facts([finding({ severity: 'low', score: 2 })])).reason).toMatch(
      /^The only finding .*\bMedium\.$/,
    );
  });
});

test('more facts never turn a verdict to the better', () => {
  const severity = fc.constantFrom('critical', 'high', 'medium', 'low', 'negligible', 'unrated');
  const some = fc.array(
    fc.record({ severity, fixed: fc.boolean(), number: fc.nat(9999) }).map(({ severity: rated, fixed, number }) => {
      const { fixed: version, ...open } = finding({ id: `CVE-2026-${number}`, severity: rated });
      return fixed && version !== undefined ? { ...open, fixed: version } : open;
    }),
    { maxLength: 6 },
  );
  const place = { pass: 0, fail: 1, 'cannot-judge': 2 };
  fc.assert(
    fc.property(some, some, fc.boolean(), (first, more, faulty) => {
      const before = verdictOf(facts(first));
      const after = verdictOf(facts([...first, ...more], faulty ? { scan: incomplete } : {}));
      expect(place[after.kind]).toBeGreaterThanOrEqual(place[before.kind]);
      expect(after.violations.length).toBeGreaterThanOrEqual(before.violations.length);
    }),
  );
});

function withRule(changes: Partial<Extract<Policy['rules'][number], { kind: 'severity' }>>): Policy {
  const policy = defaultPolicy('scan');
  return { ...policy, rules: policy.rules.map((rule) => (rule.kind === 'severity' ? { ...rule, ...changes } : rule)) };
}
