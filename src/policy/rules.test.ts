import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Selectable } from '#access/index.ts';
import type { Policy, Verdict } from './contract.ts';
import type { PolicyFacts, PolicyFinding, PolicyPackage } from './facts.ts';
import { judge } from './judge.ts';
import { type ApprovedException, openRulebook } from './rulebook.ts';

const now = new Date('2026-11-24T12:00:00Z');
const day = 24 * 60 * 60_000;
const nowhere: readonly Selectable[] = [];

function daysAgo(days: number): string {
  return new Date(now.getTime() - days * day).toISOString();
}

function finding(changes: Partial<PolicyFinding> = {}): PolicyFinding {
  return {
    id: 'CVE-2026-0001',
    aliases: ['GHSA-aaaa-bbbb-cccc'],
    severity: 'high',
    score: 7.5,
    package: 'openssl',
    type: 'deb',
    purl: `pkg:deb/debian/${changes.package ?? 'openssl'}@${changes.installed ?? '3.0.11'}`,
    installed: '3.0.11',
    fixed: '3.0.17',
    status: 'fixed',
    layer: 0,
    matchedBy: { advisory: 'DEBIAN-CVE-2026-0001', scheme: 'deb' },
    ...changes,
  };
}

function facts(findings: readonly PolicyFinding[], packages: readonly PolicyPackage[] = []): PolicyFacts {
  return {
    scan: { state: 'done', scannedAt: now.toISOString(), faults: [] },
    database: { state: 'ready', builtAt: now.toISOString(), feeds: [] },
    image: { labels: {}, packages },
    findings,
  };
}

function policy(rules: Policy['rules'], more: Partial<Policy> = {}): Policy {
  return { id: 'one', version: 1, name: 'One', rules, ...more };
}

async function verdictOf(
  about: PolicyFacts,
  by: Policy | readonly Policy[],
  { where = nowhere, exceptions = [], at = now }: Partial<Judging> = {},
): Promise<Verdict> {
  const policies = 'rules' in by ? [by] : by;
  return judge(about, await openRulebook({ policies, collections, exceptions }), { where, now: at });
}

interface Judging {
  readonly where: readonly Selectable[];
  readonly exceptions: readonly ApprovedException[];
  readonly at: Date;
}

const collections = [
  { id: 'prod', selects: { environments: ['prod'] } },
  { id: 'not-dev', selects: { environments: ['-dev'] } },
];
const prod: Selectable = { images: ['app:1'], labels: {}, environment: 'prod' };
const dev: Selectable = { images: ['app:1'], labels: {}, environment: 'dev' };
const block = { kind: 'severity', threshold: { by: 'severity', severity: 'medium' } } as const;
const blocking = { ...block, onlyFixed: false, unrated: 'block', effect: 'block' } as const;

describe('days of grace', () => {
  const grace = policy([{ ...blocking, grace: { critical: 0, other: 14 } }]);

  test.each([
    ['a notice dates the fix', { published: daysAgo(400), fixPublished: daysAgo(10) }, 4],
    ['the notice goes before what was seen', { fixPublished: daysAgo(14), fixAppeared: daysAgo(1) }, undefined],
    ['the fix appeared here', { published: daysAgo(400), fixAppeared: daysAgo(13.5) }, 1],
    ['it appeared long ago', { fixAppeared: daysAgo(15) }, undefined],
    ['a flaw of years ago, new to this console', { published: '2019-06-01T00:00:00Z' }, undefined],
    ['only its own date is known', { published: daysAgo(2) }, 12],
    ['a date to come counts from now', { fixAppeared: daysAgo(-30) }, 14],
    ['no date is known', {}, undefined],
    ['the severity has none', { severity: 'critical', score: 9.8, fixAppeared: daysAgo(0) }, undefined],
    ['nobody rated it', { severity: 'unrated', score: undefined, fixAppeared: daysAgo(1) }, 13],
  ] as const)('%s', async (_, changes, left) => {
    const verdict = await verdictOf(facts([finding(changes as Partial<PolicyFinding>)]), grace);
    const [violation] = verdict.violations;
    expect(verdict.kind).toBe(left === undefined ? 'fail' : 'pass');
    expect(violation?.effect).toBe(left === undefined ? 'block' : 'alert');
    if (left !== undefined) expect(violation?.message).toContain(`, ${left} ${left === 1 ? 'day' : 'days'} left`);
    expect(violation?.graceUntil !== undefined).toBe(left !== undefined);
  });

  test('are not for what has no fix', async () => {
    const { fixed: _, ...open } = finding({ status: 'affected', fixAppeared: daysAgo(1) });
    expect((await verdictOf(facts([open]), grace)).kind).toBe('fail');
  });

  test('end at their moment', async () => {
    const about = facts([finding({ fixAppeared: daysAgo(1) })]);
    const until = (await verdictOf(about, grace)).violations[0]?.graceUntil ?? '';
    expect((await verdictOf(about, grace, { at: new Date(Date.parse(until) - 1) })).kind).toBe('pass');
    expect((await verdictOf(about, grace, { at: new Date(until) })).kind).toBe('fail');
  });
});

test('a finding that reaches two limits is told once, by the stronger', async () => {
  const both = policy([
    { ...blocking, effect: 'alert' },
    { ...blocking, threshold: { by: 'cvss', score: 9 } },
  ]);
  const verdict = await verdictOf(facts([finding(), finding({ id: 'CVE-2026-2', score: 9.8 })]), both);
  expect(verdict.violations.map(({ finding: of, effect }) => [of?.id, effect])).toEqual([
    ['CVE-2026-2', 'block'],
    ['CVE-2026-0001', 'alert'],
  ]);
});

describe('what is known to be exploited', () => {
  const listed = finding({ severity: 'low', score: 2, kev: { added: '2026-01-02', ransomware: false } });

  test.each([
    ['listed', listed, 'fail'],
    ['ransomware', listed, 'pass'],
    ['ransomware', { ...listed, kev: { added: '2026-01-02', ransomware: true } }, 'fail'],
    ['listed', { ...listed, suppressed: { reason: 'because', by: 'x' } }, 'pass'],
    ['listed', finding(), 'pass'],
  ] as const)('%s', async (only, one, kind) => {
    expect((await verdictOf(facts([one]), policy([{ kind: 'kev', only, effect: 'block' }]))).kind).toBe(kind);
  });
});

describe('packages that must not be there', () => {
  function one(type: PolicyPackage['type'], name: string, version: string): PolicyPackage {
    return { type, name, version, purl: `pkg:${type}/${name}@${version}`, layer: 0 };
  }

  test.each([
    [{ name: 'log4j-core', below: '2.17.1' }, one('maven', 'log4j-core', '2.9.0'), 'fail'],
    [{ name: 'log4j-core', below: '2.17.1' }, one('maven', 'log4j-core', '2.17.1'), 'pass'],
    [{ name: 'bash', below: '5.2-3' }, one('deb', 'bash', '5.2~rc1-1'), 'fail'],
    [{ name: 'bash', below: '5.2-3' }, one('deb', 'bash', '1:1.0'), 'pass'],
    [{ name: 'org.log4j:log4j-core', below: '2.17.1' }, one('maven', 'org.log4j:log4j-core', '2.9.0'), 'fail'],
    [{ name: 'org.log4j:log4j-core', below: '2.17.1' }, one('maven', 'org.other:log4j-core', '2.9.0'), 'pass'],
    [{ name: 'log4j-core', below: '2.17.1' }, one('maven', 'org.other:log4j-core', '2.9.0'), 'pass'],
    [{ name: 'org.log4j:log4j-core', below: '2.17.1' }, one('maven', 'log4j-core', '2.9.0'), 'fail'],
    [{ name: 'org.log4j:log4j-core', below: '2.17.1' }, one('maven', 'log4j-core', ''), 'fail'],
    [{ name: 'org.log4j:log4j-*', below: '2.17.1' }, one('maven', 'log4j-core', ''), 'fail'],
    [{ name: 'org.log4j:log4j-core', below: '2.17.1' }, one('npm', 'log4j-core', '2.9.0'), 'pass'],
    [{ name: 'left*' }, one('npm', 'left-pad', '1.0.0'), 'fail'],
    [{ name: 'left*', type: 'deb' }, one('npm', 'left-pad', '1.0.0'), 'pass'],
    [{ name: 'left-pad', below: '2.0.0' }, one('npm', 'left-pad', 'no version'), 'fail'],
  ] as const)('%o and %o: %s', async (entry, there, kind) => {
    const rule = { kind: 'package', deny: [{ why: 'it is bad.', ...entry }], effect: 'block' } as const;
    const verdict = await verdictOf(facts([], [there]), policy([rule]));
    expect(verdict.kind).toBe(kind);
    if (kind === 'fail') expect(verdict.violations[0]?.message).toContain('(it is bad)');
  });
});

describe('an expression of one’s own', () => {
  const rule = { kind: 'custom', on: 'finding', message: 'Likely', effect: 'block' } as const;

  test('breaks for what it is true of, and not for what is suppressed', async () => {
    const likely = finding({ id: 'CVE-2', epss: { score: 0.9, percentile: 1 } });
    const hidden = { ...likely, id: 'CVE-3', suppressed: { reason: 'because', by: 'x' } };
    const expression = 'finding.epss != null && finding.epss > 0.5';
    const verdict = await verdictOf(facts([finding(), likely, hidden]), policy([{ ...rule, expression }]));
    expect(verdict.violations.map(({ finding: of }) => of?.id)).toEqual(['CVE-2']);
  });

  test.each([
    ['that fails withholds the verdict', 'finding.epss > 0.5'],
    ['that cannot be read withholds it too', 'finding.epss >'],
  ])('%s', async (_, expression) => {
    const verdict = await verdictOf(facts([finding()]), policy([{ ...rule, expression }]));
    expect(verdict.kind).toBe('cannot-judge');
    expect(verdict.reason).toContain('The rule "Likely" cannot be evaluated');
  });

  test('of an image knows where it lies', async () => {
    const expression = 'image.environment == "prod" && image.names.exists(n, n == "app:1")';
    const of = policy([{ ...rule, on: 'image', expression }]);
    expect((await verdictOf(facts([]), of, { where: [prod] })).kind).toBe('fail');
    expect((await verdictOf(facts([]), of, { where: [dev] })).kind).toBe('pass');
  });
});

describe('scope and order', () => {
  const strict = policy([blocking], { id: 'strict', collections: ['prod'] });
  const loose = policy([], { id: 'loose' });

  test.each([
    ['the first that holds judges alone', [strict, loose], [prod], 'strict'],
    ['what lies elsewhere is judged by the next', [strict, loose], [dev], 'loose'],
    ['any place in scope is enough', [strict, loose], [dev, prod], 'strict'],
    ['what lies nowhere is in no scope', [strict, loose], [], 'loose'],
    ['one that is off judges nothing', [{ ...strict, state: 'off' }, loose], [prod], 'loose'],
    ['a collection that is gone holds nothing', [{ ...strict, collections: ['gone'] }, loose], [prod], 'loose'],
    ['nothing of a kind may be said', [{ ...strict, collections: ['not-dev'] }, loose], [dev], 'loose'],
  ] as const)('%s', async (...[, policies, where, id]) => {
    expect((await verdictOf(facts([finding()]), policies as readonly Policy[], { where })).policy.id).toBe(id);
  });

  test('what no policy holds for is not judged', async () => {
    expect((await verdictOf(facts([]), [strict])).kind).toBe('cannot-judge');
  });
});

describe('an exception', () => {
  const approved: ApprovedException = {
    id: '5b0f6c1e-6f6e-4d6e-8f5c-1d2b3c4d5e6f',
    advisory: 'GHSA-aaaa-bbbb-cccc',
    package: { type: 'deb', name: 'openssl', version: '3.0.11' },
    expiresAt: daysAgo(-1),
    state: 'approved',
  };
  const only = policy([blocking]);

  test.each([
    ['by an alias', approved, [prod], 'pass'],
    ['by the id', { ...approved, advisory: 'CVE-2026-0001' }, [], 'pass'],
    ['by the advisory', { ...approved, advisory: 'DEBIAN-CVE-2026-0001' }, [], 'pass'],
    ['not when it ran out', { ...approved, expiresAt: now.toISOString() }, [], 'fail'],
    ['not before it is approved', { ...approved, state: 'requested' }, [], 'fail'],
    ['not once it is cancelled', { ...approved, state: 'cancelled' }, [], 'fail'],
    ['where all lies in its scope', { ...approved, collections: ['prod'] }, [prod], 'pass'],
    ['not where only a part does', { ...approved, collections: ['prod'] }, [prod, dev], 'fail'],
    ['not where nothing is known to', { ...approved, collections: ['prod'] }, [], 'fail'],
  ] as const)('holds %s', async (...[, exception, where, kind]) => {
    const options = { where, exceptions: [exception as ApprovedException] };
    const verdict = await verdictOf(facts([finding()]), only, options);
    expect(verdict.kind).toBe(kind);
    expect(verdict.excepted?.map((one) => one.exception)).toEqual(kind === 'pass' ? [approved.id] : undefined);
  });

  test('never hides a finding of another package, version or advisory', async () => {
    const word = fc.constantFrom('a', 'b', 'a b', 'a","b');
    const type = fc.constantFrom('deb', 'npm' as const);
    const some = fc.record({ id: word, alias: word, package: word, installed: word, type });
    const kept = fc.record({ advisory: word, name: word, version: word, type });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { maxLength: 8 }), fc.array(kept, { maxLength: 4 }), async (found, asked) => {
        const findings = found.map((one) =>
          finding({ ...one, aliases: [one.alias], matchedBy: { advisory: one.id, scheme: 'deb' } }),
        );
        const exceptions = asked.map(
          ({ advisory, ...component }): ApprovedException => ({ ...approved, advisory, package: component }),
        );
        const verdict = await verdictOf(facts(findings), only, { exceptions });
        const speaksFor = (one: PolicyFinding): boolean =>
          exceptions.some(
            ({ advisory, package: of }) =>
              (advisory === one.id || one.aliases.includes(advisory)) &&
              of.type === one.type &&
              of.name === one.package &&
              of.version === one.installed,
          );
        const expected = findings.filter((one) => !speaksFor(one));
        expect(verdict.violations.map(({ finding: of }) => of?.purl).toSorted()).toEqual(
          expected.map(({ purl }) => purl).toSorted(),
        );
        expect(verdict.excepted?.length ?? 0).toBe(findings.length - expected.length);
      }),
    );
  });
});
