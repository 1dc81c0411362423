import { describe, expect, test } from 'vitest';
import { remedyOfFault } from '#policy/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { ScanResult } from '../../scan/result.ts';
import { sampleChecks, sampleFinding, sampleResult } from '../testing.ts';
import { sarif } from './index.ts';
import { nameOf } from './place.ts';

const options = { colour: false, columns: 100, now: new Date('2026-11-24T12:00:00Z') };

interface Message {
  readonly text: string;
}
interface Run {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly rules: readonly Rule[];
      readonly notifications: readonly object[];
    };
  };
  readonly automationDetails: { readonly id: string };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly exitCode: number;
      readonly toolExecutionNotifications: readonly {
        level: string;
        descriptor: { id: string; index: number };
        message: Message;
      }[];
    },
  ];
  readonly results: readonly Result[];
}
interface Rule {
  readonly id: string;
  readonly shortDescription: Message;
  readonly help: Message;
  readonly helpUri: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly tags: readonly string[] };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: Message;
  readonly locations: readonly [{ physicalLocation: { artifactLocation: { uri: string } }; message: Message }];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function run(change: Partial<ScanResult> = {}): Run {
  const document = JSON.parse(sarif.render(sampleResult(change), options));
  expect(document).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') });
  return document.runs[0];
}

describe('SARIF', () => {
  test('has a rule and a result for each check that a rule blocks, with the exact change', () => {
    const { results, tool } = run({ findings: [], ...sampleChecks() });
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['IMG-001']);
    expect(results).toMatchObject([
      {
        ruleId: 'IMG-001',
        ruleIndex: 0,
        level: 'error',
        message: { text: expect.stringMatching(/USER 10001:10001\.$/) },
      },
    ]);
  });

  test('is one rule a vulnerability and one result a finding, which point at each other', () => {
    const findings = [
      sampleFinding({ id: 'CVE-1', package: 'a' }),
      sampleFinding({ id: 'CVE-2', package: 'a', score: 5, severity: 'medium' }),
      sampleFinding({ id: 'CVE-1', package: 'b', score: 9.8, severity: 'critical' }),
    ];
    const { tool, results } = run({ findings });
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['CVE-1', 'CVE-2']);
    expect(results.map(({ ruleId, ruleIndex }) => [ruleId, tool.driver.rules[ruleIndex]?.id])).toEqual([
      ['CVE-1', 'CVE-1'],
      ['CVE-2', 'CVE-2'],
      ['CVE-1', 'CVE-1'],
    ]);
    expect(tool.driver.rules.map(({ properties }) => properties['security-severity'])).toEqual(['9.8', '5.0']);
    expect(results.map(({ level }) => level)).toEqual(['error', 'warning', 'error']);
    expect(tool.driver.rules[0]?.help.text).toContain('upgrade to 2.7.3-2');
    expect(tool.driver.rules[0]?.properties.tags.length).toBeLessThanOrEqual(10);
  });

  test('says what to change, where the package lies and in which layer', () => {
    const [result] = run().results;
    expect(result?.message.text).toBe('CVE-2026-24515 in libexpat1 2.7.1-2, rated High (7.5). Upgrade to 2.7.3-2.');
    expect(result?.locations[0].physicalLocation.artifactLocation.uri).toBe('var/lib/dpkg/status');
    expect(result?.locations[0].message.text).toContain('in layer 1 (ADD rootfs /)');
    expect(run().automationDetails.id).toBe('seawall/surge/gauge-ingest/');
  });

  test('a finding that nobody rates warns and has no number', () => {
    const { score: _, ...finding } = sampleFinding({ severity: 'unrated' });
    const { tool, results } = run({ findings: [finding] });
    expect([results[0]?.level, results[0]?.message.text]).toEqual(['warning', expect.stringContaining('not rated')]);
    expect(tool.driver.rules[0]?.properties).not.toHaveProperty('security-severity');
  });

  test('a fingerprint stays from build to build, and tells apart what is alike', () => {
    const print = (findings: readonly Finding[]) =>
      run({ findings }).results.map(({ partialFingerprints }) => partialFingerprints['primaryLocationLineHash']);
    const [old] = print([sampleFinding()]);
    expect(
      print([sampleFinding({ installed: '2.7.2-1', layer: 3, purl: 'pkg:deb/debian/libexpat1@2.7.2-1' })]),
    ).toEqual([old]);
    const alike = [sampleFinding({ path: 'a' }), sampleFinding({ path: 'b' })];
    expect(run({ findings: alike }).tool.driver.rules[0]?.help.text.split('upgrade to 2.7.3-2')).toHaveLength(2);
    const both = print(alike);
    expect([both[0], new Set(both).size]).toEqual([old, 2]);
    expect(print([sampleFinding({ package: 'expat' })])).not.toEqual([old]);
  });

  test('a fingerprint stays with its file, in whatever order layers and findings come', () => {
    const [a, b] = [
      sampleFinding({ path: 'a.war!/lib/x.jar', layer: 4 }),
      sampleFinding({ path: 'b/x.jar', layer: 2 }),
    ];
    const prints = (findings: readonly Finding[]) =>
      Object.fromEntries(
        run({ findings }).results.map(({ locations: [{ physicalLocation }], partialFingerprints }) => [
          physicalLocation.artifactLocation.uri,
          partialFingerprints['primaryLocationLineHash'],
        ]),
      );
    const first = prints([a, b]);
    expect(Object.keys(first)).toEqual(['a.war!/lib/x.jar', 'b/x.jar']);
    expect(new Set(Object.values(first)).size).toBe(2);
    expect(
      prints([
        { ...b, layer: 7 },
        { ...a, layer: 1 },
      ]),
    ).toEqual(first);
  });

  test.each([
    ['registry.example:5000/team/app:1.2', 'registry.example:5000/team/app'],
    ['registry.example:5000/team/app', 'registry.example:5000/team/app'],
    [`app:1@sha256:${'a'.repeat(64)}`, 'app'],
    ['docker:app', 'docker:app'],
    ['docker:app:1', 'docker:app'],
    ['archive:app.tar', 'archive:app.tar'],
    ['/builds/app:1/image.tar', '/builds/app:1/image.tar'],
    ['dir:/', 'dir:/'],
  ])('the results of %s replace those of %s', (target, name) => expect(nameOf(target)).toBe(name));

  test('what lies in no file stands at the name of the target, which is never empty', () => {
    const { path: _, ...finding } = sampleFinding();
    const uri = (target: string) =>
      run({ target, findings: [finding] }).results[0]?.locations[0].physicalLocation.artifactLocation.uri;
    expect(uri('team/app:1.2')).toBe('team/app');
    expect(uri('team/app:1.3')).toBe('team/app');
    expect(uri('/')).toBe('image');
    expect(
      run({ findings: [sampleFinding({ path: '/' })] }).results[0]?.locations[0].physicalLocation.artifactLocation.uri,
    ).toBe('surge/gauge-ingest');
  });

  test('tells each fault with its kind, level, place and remedy, and how many are left out', () => {
    const { catalog, verdict } = sampleResult();
    const faults = [
      { code: 'unknown-version', message: 'No version.', path: 'app/a.war!/b.jar', layer: 2 },
      { code: 'unreadable-bound', message: 'No bound.', path: 'x' },
      ...Array.from({ length: 999 }, (_, at) => ({ code: 'unidentified-package', message: `Unknown ${at}.` })),
    ];
    const withheld = (code: string, path?: string) => ({
      rule: 'not-judged' as const,
      effect: 'cannot-judge' as const,
      message: 'm',
      remedy: 'r',
      fault: { code, ...(path === undefined ? {} : { path }) },
    });
    const { tool, invocations } = run({
      catalog: { ...catalog, faults },
      verdict: {
        ...verdict,
        violations: [withheld('unknown-version', 'app/a.war!/b.jar'), withheld('unreadable-bound')],
      },
    });
    const [first, second, third, ...others] = invocations[0].toolExecutionNotifications;
    expect(first).toMatchObject({
      level: 'error',
      message: { text: `No version. (app/a.war!/b.jar, layer 3) ${remedyOfFault('unknown-version')}` },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'app/a.war!/b.jar' } } }],
      properties: { layer: 2 },
    });
    expect(second).toMatchObject({
      level: 'error',
      message: { text: `No bound. (x) ${remedyOfFault('unreadable-bound')}` },
    });
    expect(third?.level).toBe('warning');
    expect(others).toHaveLength(998);
    expect(others.at(-1)?.message.text).toMatch(/^1 more /);
    const { notifications } = tool.driver;
    for (const { descriptor } of invocations[0].toolExecutionNotifications)
      expect(notifications[descriptor.index]).toEqual({
        id: descriptor.id,
        shortDescription: { text: expect.any(String) },
      });
  });

  test('a rule leads to a page on its vulnerability and names its CVE for GitLab', () => {
    const findings = [
      sampleFinding({ id: 'CVE-2021-44228' }),
      sampleFinding({ id: 'GHSA-a', aliases: Array.from({ length: 20 }, (_, at) => `CVE-2020-${at}`) }),
      sampleFinding({ id: 'MAL-1/ä', aliases: [] }),
    ];
    const { rules } = run({ findings }).tool.driver;
    expect(rules.map(({ helpUri }) => helpUri)).toEqual([
      'https://nvd.nist.gov/vuln/detail/CVE-2021-44228',
      'https://github.com/advisories/GHSA-a',
      'https://osv.dev/vulnerability/MAL-1%2F%C3%A4',
    ]);
    expect(rules[0]?.properties.tags).toContain('CVE-2021-44228');
    expect(rules.map(({ properties }) => properties.tags.length).filter((length) => length > 10)).toEqual([]);
  });

  test('leaves suppressed findings out', () => {
    expect(sampleResult().findings.some(({ suppressed }) => suppressed !== undefined)).toBe(true);
    expect(run().results.map(({ ruleId }) => ruleId)).toEqual(['CVE-2026-24515']);
  });

  test('marks what an exception keeps from counting as suppressed by somebody', () => {
    const verdict = {
      ...sampleResult().verdict,
      excepted: [{ finding: 'CVE-2026-24515', purl: sampleFinding().purl, exception: 'x' }],
    };
    expect(run({ verdict }).results).toMatchObject([
      {
        suppressions: [{ kind: 'external', status: 'accepted' }],
      },
    ]);
    expect(run().results[0]).not.toHaveProperty('suppressions');
    const findings = [sampleFinding(), sampleFinding({ id: 'CVE-1' })];
    expect(run({ verdict, findings }).results).toMatchObject([
      { suppressions: [{ kind: 'external', status: 'accepted', justification: expect.stringMatching(/exception/) }] },
      { suppressions: [] },
    ]);
  });

  test('a scan without a verdict did not succeed, and says why', () => {
    const verdict = { ...sampleResult().verdict, kind: 'cannot-judge', reason: 'Nothing was matched.' } as const;
    const [invocation] = run({ findings: [], verdict }).invocations;
    expect([invocation.executionSuccessful, invocation.exitCode]).toEqual([false, 3]);
    expect(invocation.toolExecutionNotifications).toMatchObject([
      { level: 'error', message: { text: verdict.reason } },
      {
        level: 'warning',
        descriptor: { id: 'file-limit' },
        message: { text: `A file is too large. (opt/a.jar, layer 1) ${remedyOfFault('file-limit')}` },
      },
    ]);
    expect(run().invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 1 });
  });

  test('holds what GitHub accepts: the worst 25000, and says that it was cut', () => {
    const findings = Array.from({ length: 25_001 }, (_, index) => sampleFinding({ id: `CVE-${index}` }));
    const result = { ...sampleResult({ findings: [] }), findings };
    const { results, invocations } = JSON.parse(sarif.render(result, options)).runs[0] as Run;
    expect([results.length, results[0]?.ruleId, results.at(-1)?.ruleId]).toEqual([25_000, 'CVE-0', 'CVE-24999']);
    expect(invocations[0].toolExecutionNotifications[0]?.message.text).toContain('worst 25000 of 25001');
    expect(sarif.remark?.(result)).toContain('worst 25000 of 25001');
    expect(sarif.remark?.(sampleResult())).toBeUndefined();
  });

  test('no link, placeholder, scheme or way upwards comes of what an image calls its files', () => {
    const summary = 'see [here](https://evil.example) {0} \\ \u202e\u0000';
    const path = '/../javascript:x/ä b\ud800[1]/%2e#?.jar';
    const { tool, results } = run({ findings: [sampleFinding({ summary, path, package: '[p](http://x)' })] });
    expect(tool.driver.rules[0]?.shortDescription.text).toContain('\\[here\\](https://evil.example) {{0}} \\\\');
    expect(results[0]?.message.text).toContain('\\[p\\](http://x)');
    const uri = results[0]?.locations[0].physicalLocation.artifactLocation.uri ?? '';
    expect(uri).toBe('javascript%3Ax/%C3%A4%20b%EF%BF%BD%5B1%5D/%252e%23%3F.jar');
    expect(new URL(uri, 'https://repository.example/root/').href).toBe(`https://repository.example/root/${uri}`);
  });
});
