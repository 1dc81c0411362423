import { changeOf, packageOfPurl } from '#ecosystems/contract.ts';
import { describe, expect, it } from 'vitest';
import type { Upgrade } from '#explorer/contract.ts';
import type { Verdict, Violation } from '#policy/contract.ts';
import { planOf, shortReason } from './plan.ts';

const upgrade = (name: string, findings: readonly string[], to?: string): Upgrade => ({
  package: name,
  type: 'deb',
  installed: '1',
  ...(to !== undefined && { to }),
  removes: to === undefined ? 0 : findings.length,
  remains: to === undefined ? findings.length : 0,
  worst: 'high',
  risk: 10,
  layer: 0,
  findings,
});

const broken = (id: string, name: string, fixed?: string): Violation => ({
  rule: 'severity',
  effect: 'block',
  message: id,
  remedy: '',
  finding: { id, purl: `pkg:deb/debian/${name}@1?arch=amd64`, severity: 'high', ...(fixed !== undefined && { fixed }) },
});

const stale: Violation = { rule: 'stale-feed', effect: 'cannot-judge', message: 'old', remedy: 'Update.' };

const verdictOf = (...violations: readonly Violation[]): Verdict => ({
  kind: 'fail',
  reason: '',
  policy: { id: 'default', version: 1, name: 'Default' },
  violations,
});

describe('planOf', () => {
  it('puts a violation under the upgrade of its own package, though another package has the same vulnerability', () => {
    const plan = planOf(
      verdictOf(broken('CVE-1', 'openssl', '2'), broken('CVE-1', 'libssl3', '2'), broken('CVE-2', 'openssl', '2')),
      [
        upgrade('openssl', ['CVE-1', 'CVE-2', 'CVE-3'], '2'),
        upgrade('libssl3', ['CVE-1'], '2'),
        upgrade('zlib1g', ['CVE-9'], '3'),
      ],
    );
    expect(plan.steps.map((step) => [step.upgrade.package, step.removes])).toEqual([
      ['openssl', 2],
      ['libssl3', 1],
    ]);
    expect(plan.further.map((step) => step.upgrade.package)).toEqual(['zlib1g']);
  });

  it('loses no violation', () => {
    const violations = [
      broken('CVE-1', 'openssl'),
      broken('CVE-5', 'bash', '2'),
      broken('CVE-2', 'openssl', '2'),
      stale,
    ];
    const plan = planOf(verdictOf(...violations), [
      upgrade('openssl', ['CVE-1', 'CVE-2'], '2'),
      upgrade('bash', ['CVE-5']),
    ]);
    expect(plan.rules).toEqual([{ first: stale, count: 1 }]);
    expect(plan.withoutFix.map((one) => one.message)).toEqual(['CVE-1', 'CVE-5']);
    expect(plan.steps.map((step) => step.removes)).toEqual([1]);
  });

  it('asks for nothing without a verdict', () => {
    const plan = planOf(undefined, [upgrade('openssl', ['CVE-1'], '2')]);
    expect([plan.rules, plan.steps, plan.withoutFix]).toEqual([[], [], []]);
    expect(plan.further).toHaveLength(1);
  });
});

describe('what is one action', () => {
  const ofSource = (name: string, findings: readonly string[], more: Partial<Upgrade> = {}): Upgrade => ({
    ...upgrade(name, findings, '2'),
    source: 'vim',
    ...more,
  });

  it('joins packages of one source that go to one version in one layer', () => {
    const upgrades = [
      ofSource('vim', ['CVE-1']),
      ofSource('vim-common', ['CVE-1']),
      ofSource('vim-runtime', ['CVE-1', 'CVE-2'], { layer: 1 }),
      ofSource("x';reboot", ['CVE-1']),
    ];
    const [violation, other] = [broken('CVE-1', 'vim', '2'), broken('CVE-1', 'vim-common', '2')];
    const plan = planOf(verdictOf({ ...violation, graceUntil: '2026-12-05T00:00:00Z' }, other), upgrades);
    expect(plan.steps.map(({ packages, removes, blocksAt }) => [packages, removes, blocksAt])).toEqual([
      [['vim', 'vim-common'], 2, '2026-12-05T00:00:00Z'],
    ]);
    expect(plan.steps[0]).toMatchObject({ fixes: [1, 1], upgrade: { removes: 2, findings: ['CVE-1'] } });
    expect(plan.further.map(({ packages }) => packages)).toEqual([['vim-runtime'], ["x';reboot"]]);
  });

  it('gathers what lies in layers of the base under one rebuild, and keeps own layers apart', () => {
    const upgrades = [ofSource('vim', ['CVE-1']), ofSource('bash', ['CVE-5'], { source: 'bash', layer: 2 })];
    const verdict = verdictOf(broken('CVE-1', 'vim', '2'), broken('CVE-5', 'bash', '2'));
    const plan = planOf(verdict, upgrades, 2);
    expect(plan.rebuild).toMatchObject({ findings: 1, removes: 1, steps: [{ packages: ['vim'] }] });
    expect(plan.steps.map(({ packages }) => packages)).toEqual([['bash']]);
    expect(planOf(verdict, upgrades)).not.toHaveProperty('rebuild');
  });
});

describe('rules that no upgrade touches', () => {
  it('are told once for each remedy', () => {
    const fault = (message: string): Violation => ({
      rule: 'incomplete-scan',
      effect: 'cannot-judge',
      message,
      remedy: 'Scan as root.',
    });
    expect(planOf(verdictOf(fault('a'), fault('b'), stale), []).rules).toEqual([
      { first: fault('a'), count: 2 },
      { first: stale, count: 1 },
    ]);
  });

  it('keeps rules that only alert apart from those that withhold a pass', () => {
    const files: Violation = { ...stale, rule: 'not-judged', effect: 'alert' };
    const plan = planOf(verdictOf(files, stale), []);
    expect([plan.rules, plan.alerts]).toEqual([[{ first: stale, count: 1 }], [{ first: files, count: 1 }]]);
  });
});

describe('shortReason', () => {
  it('counts what withholds the pass, and leaves alerts out', () => {
    const alert: Violation = { ...broken('CVE-3', 'bash'), effect: 'alert' };
    expect(shortReason(verdictOf(stale, broken('CVE-1', 'bash'), broken('CVE-2', 'bash'), alert))).toBe(
      '1 feed is too old; 2 findings reach the limit.',
    );
    const unjudged: Violation = {
      ...stale,
      rule: 'not-judged',
      message: 'No feed speaks for x: 7 packages are not judged.',
    };
    expect(shortReason(verdictOf(unjudged))).toBe('Some packages are not compared with advisories, for 1 reason.');
    expect(shortReason({ ...verdictOf(alert), reason: 'Nothing reaches Medium.' })).toBe('Nothing reaches Medium.');
  });
});

describe('packageOfPurl', () => {
  it.each([
    ['pkg:deb/debian/libssl3@3.0.11-1?arch=amd64', 'libssl3'],
    ['pkg:deb/debian/g%2B%2B@4%3A12', 'g++'],
    ['pkg:npm/%40scope/name@1.0.0', '@scope/name'],
    ['pkg:npm/minimist@1.2.0', 'minimist'],
    ['pkg:maven/org.apache.tomcat/tomcat-coyote@9.0.30?type=jar', 'org.apache.tomcat:tomcat-coyote'],
    ['pkg:apk/alpine/musl@1.2.4-r1', 'musl'],
    ['pkg:deb/debian/%E0%A4%A@1', '%E0%A4%A'],
    ['not a purl', 'not a purl'],
  ])('%s is %s', (purl, name) => {
    expect(packageOfPurl(purl)).toBe(name);
  });
});

describe('changeOf', () => {
  it('speaks the language of each ecosystem', () => {
    const copies = (['deb', 'apk', 'rpm', 'npm', 'maven'] as const).map(
      (type) => changeOf({ type, package: 'x', installed: '1', to: '2' }).copy,
    );
    expect(copies).toEqual([
      'apt-get install --only-upgrade x',
      "apk add --upgrade 'x>=2'",
      'dnf upgrade x',
      'npm install x@2',
      '<version>2</version>',
    ]);
  });

  it('lets no name out of a hostile image become a command', () => {
    const change = (name: string) => changeOf({ type: 'deb', package: name, installed: '1', to: '2' }).copy;
    expect(change('x;reboot')).toBe("apt-get install --only-upgrade 'x;reboot'");
    expect(change("x'$(id)'")).toBe("apt-get install --only-upgrade 'x'\\''$(id)'\\'''");
    expect(change('-o=x')).toBe("apt-get install --only-upgrade '-o=x'");
  });
});
