import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { remedyOfFault } from '#policy/index.ts';
import type { ScanResult } from '../../scan/result.ts';
import { sampleChecks, sampleFinding, sampleResult } from '../testing.ts';
import { junit } from './index.ts';

const options = { colour: false, columns: 100, now: new Date('2026-11-24T12:00:00Z') };

/** What an XML reader (libxml2) makes of an expression over the report; damaged XML throws. */
function read(xml: string, xpath: string): string {
  const { status, stdout, stderr } = spawnSync('xmllint', ['--noent', '--xpath', xpath, '-'], {
    input: xml,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd();
}

const seenInFull = { ...sampleResult().catalog, faults: [] };

function render(change: Partial<ScanResult> = {}): string {
  return junit.render(sampleResult({ catalog: seenInFull, ...change }), options);
}

const block = (id: string, name: string) =>
  ({
    rule: 'severity',
    effect: 'block',
    message: `${id} in ${name} is rated High.`,
    remedy: `Upgrade ${name}.`,
    finding: { id, purl: `pkg:deb/${name}@1`, severity: 'high' },
  }) as const;

const find = (id: string, name: string) =>
  sampleFinding({ id, package: name, installed: '1', purl: `pkg:deb/${name}@1` });

describe('JUnit', () => {
  const verdict = sampleResult().verdict;

  test('is a case for each package to change, each rule that held, and the verdict', () => {
    const xml = render({
      findings: [find('CVE-1', 'a'), find('CVE-2', 'a'), find('CVE-3', 'b')],
      verdict: { ...verdict, violations: [block('CVE-1', 'a'), block('CVE-2', 'a'), block('CVE-3', 'b')] },
      rules: ['severity', 'incomplete-scan', 'stale-feed'],
    });
    const names = ['a 1', 'b 1', 'rule incomplete-scan', 'rule stale-feed', `policy ${verdict.policy.name}`];
    for (const [index, name] of names.entries()) expect(read(xml, `string(//testcase[${index + 1}]/@name)`)).toBe(name);
    expect(read(xml, 'count(//testcase)')).toBe('5');
    expect(read(xml, 'string(//testcase[1]/failure/@message)')).toBe('Upgrade a.');
    expect(read(xml, 'string(//testcase[1]/failure)')).toBe(
      ['CVE-1', 'CVE-2'].map((id) => `${block(id, 'a').message}\n`).join('') +
        `${block('CVE-1', 'a').remedy}\nIn layer 1, var/lib/dpkg/status.`,
    );
    expect(read(xml, 'concat(/testsuites/@tests, " ", //testsuite/@tests, " ", //testsuite/@failures)')).toBe('5 5 3');
    expect(read(xml, 'string(//testsuite/@errors)')).toBe('0');
    expect(read(xml, 'string(//property[@name="page"]/@value)')).toBe('https://seawall.example/images/x');
  });

  test('what cannot be judged is an error, never a pass', () => {
    const unscanned = {
      rule: 'unscanned',
      effect: 'cannot-judge',
      message: 'There is no vulnerability database.',
      remedy: 'Run `seawall db update`.',
    } as const;
    const xml = render({
      findings: [],
      verdict: { ...verdict, kind: 'cannot-judge', reason: 'Nothing was matched.', violations: [unscanned] },
      rules: ['unscanned'],
    });
    expect(read(xml, 'count(//testcase[error])')).toBe('2');
    expect(read(xml, 'concat(//testsuite/@errors, //testsuite/@failures)')).toBe('20');
    expect(read(xml, 'string(//testcase[@name="rule unscanned"]/error/@message)')).toBe(unscanned.remedy);
  });

  test('an alert is told and fails nothing', () => {
    const alert = { ...block('CVE-1', 'a'), effect: 'alert' } as const;
    const xml = render({
      findings: [find('CVE-1', 'a')],
      verdict: { ...verdict, kind: 'pass', reason: 'No rule stops it.', violations: [alert] },
    });
    expect(read(xml, 'count(//failure) + count(//error)')).toBe('0');
    expect(read(xml, 'string(//testcase[1]/system-out)')).toContain(alert.message);
  });

  test('tells faults first, each with its place, what removes it and how many more there are', () => {
    const unknown = { code: 'unknown-version', message: 'No version.', path: 'app/a.war!/b.jar', layer: 2 };
    const unsafe = Array.from({ length: 503 }, (_, at) => ({ code: 'unsafe-path', message: `Entry ${at}.` }));
    const ignored = { code: 'unidentified-package', message: 'Nobody knows it.', path: 'opt/own.jar', layer: 1 };
    const fault = (rule: 'not-judged' | 'incomplete-scan', { code, message }: { code: string; message: string }) => ({
      rule,
      effect: rule === 'not-judged' ? ('alert' as const) : ('cannot-judge' as const),
      message,
      remedy: 'Mend it.',
      fault: { code },
    });
    const xml = render({
      findings: [find('CVE-1', 'a')],
      catalog: { ...seenInFull, faults: [unknown, ...unsafe, ignored] },
      verdict: {
        ...verdict,
        violations: [
          ...unsafe.map((one) => fault('incomplete-scan', one)),
          fault('not-judged', unknown),
          block('CVE-1', 'a'),
        ],
      },
      rules: ['severity', 'not-judged', 'incomplete-scan'],
    });
    const uncounted = 'faults that no rule counts, unidentified files';
    const names = ['rule not-judged', 'rule incomplete-scan', uncounted, 'a 1'];
    for (const [index, name] of names.entries()) expect(read(xml, `string(//testcase[${index + 1}]/@name)`)).toBe(name);
    expect(read(xml, 'count(//testcase)')).toBe('5');
    expect(read(xml, 'string(//testcase[1]/system-out)')).toMatch(
      /^unknown-version: No version\. \(app\/a\.war!\/b\.jar, layer 3\)\nKeep /,
    );
    expect(read(xml, 'string(//testcase[2]/error)')).toMatch(
      new RegExp(`Entry 499\\.\\n… and 3 .*\\n${remedyOfFault('unsafe-path').slice(0, 20)}`),
    );
    expect(read(xml, 'string(//testcase[3]/system-out)')).toContain(`${ignored.message} (opt/own.jar, layer 2)`);
  });

  test('unidentified files that alert are no part of the error of what withholds the verdict', () => {
    const faults = ['unidentified-package', 'unknown-version'].map((code) => ({ code, message: `It is ${code}.` }));
    const violations = faults.map(({ code, message }) => ({
      rule: 'not-judged' as const,
      effect: code === 'unknown-version' ? ('cannot-judge' as const) : ('alert' as const),
      message,
      remedy: `Mend ${code}.`,
      fault: { code },
    }));
    const xml = render({ findings: [], catalog: { ...seenInFull, faults }, verdict: { ...verdict, violations } });
    expect(read(xml, 'string(//testcase[@name="rule not-judged"]/error/@message)')).toBe('Mend unknown-version.');
    expect(read(xml, 'string(//testcase[@name="rule not-judged"]/error)')).not.toContain('unidentified');
    const files = '//testcase[@name="rule not-judged, unidentified files"]';
    expect(read(xml, `string(${files}/system-out)`)).toContain(faults[0]?.message);
    expect(read(xml, `count(${files}/error)`)).toBe('0');
  });

  test('a check that a rule blocks is a case of its own, with the exact change', () => {
    const xml = render({ findings: [], ...sampleChecks() });
    expect(read(xml, 'string(//testcase[@name="check IMG-001"]/failure/@message)')).toMatch(/USER 10001:10001\.$/);
    expect(read(xml, 'string(//testcase[@name="check IMG-001"]/failure)')).toContain('no user, so root');
    expect(read(xml, 'count(//testcase[@name="rule compliance"])')).toBe('0');
  });

  test('a clean scan is no empty report', () => {
    const xml = render({ findings: [], verdict: { ...verdict, kind: 'pass', reason: 'No finding.', violations: [] } });
    expect(read(xml, 'count(//testcase)')).toBe('1');
    expect(read(xml, 'count(//failure) + count(//error)')).toBe('0');
  });

  test('stays XML and keeps its shape, whatever a package or target is called', () => {
    const hostile = ']]><x a="&amp;\'\t\n\r\u0000\u0001\u000b\u001b\u0085\u202e\ud800\ufffe\uffff\u{1f600}</failure>';
    const purl = 'pkg:npm/x@1';
    const violation = {
      ...block('CVE-1', 'x'),
      message: hostile,
      remedy: hostile,
      finding: { ...block('CVE-1', 'x').finding, purl },
    };
    const xml = render({
      target: hostile,
      findings: [sampleFinding({ package: hostile, installed: '1', purl })],
      verdict: { ...verdict, reason: hostile, policy: { ...verdict.policy, name: hostile }, violations: [violation] },
      rules: [hostile],
    });
    expect(read(xml, 'count(//*)')).toBe('14');
    const name = read(xml, 'string(//testcase[1]/@name)');
    expect(name).toContain(']]><x a="&amp;\'');
    expect(name).toContain('\u{1f600}</failure> 1');
    // oxlint-disable-next-line no-control-regex
    expect(name).not.toMatch(/[\u0000-\u001f\u0080-\u009f\u202e\ufffe\uffff]/);
    expect(read(xml, 'string(//testcase[1]/failure)')).toContain(']]><x a="&amp;\'');
  });
});
