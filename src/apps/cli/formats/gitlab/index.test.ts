import { describe, expect, test } from 'vitest';
import type { ScanResult } from '../../scan/result.ts';
import { hostileResult, manyFindings, sampleFinding, sampleResult } from '../testing.ts';
import { gitlab } from './index.ts';
import { gitlabProblems } from './testing.ts';

function documentOf(change: Partial<ScanResult> = {}) {
  const options = { colour: false, columns: 80, now: new Date('2026-11-24T12:00:00Z') };
  return JSON.parse(gitlab.render(sampleResult(change), options));
}

describe('by the schema of GitLab', () => {
  const { path: _, score: __, fixed: ___, summary: ____, ...bare } = sampleFinding({ severity: 'unrated' });
  const { verdict, catalog } = sampleResult();

  test.each<readonly [string, Partial<ScanResult>]>([
    ['a usual result', {}],
    ['nothing', { findings: [], target: '', catalog: { packages: [], faults: [], analyzers: [] } }],
    ['a finding without score, fix and summary', { findings: [{ ...bare, id: 'GHSA-aaaa-bbbb-cccc' }] }],
    ['long texts', { findings: [sampleFinding({ package: 'p'.repeat(512), summary: 's'.repeat(2000) })] }],
    ['names of strangers', hostileResult()],
    ['10,000 findings', { findings: manyFindings(10_000) }],
    ['10,000 faults', { catalog: { ...catalog, faults: Array(10_000).fill(catalog.faults[0]) } }],
    ['no verdict', { findings: [], verdict: { ...verdict, kind: 'cannot-judge', reason: '' } }],
  ])('%s is valid', (_name, change) => expect(gitlabProblems(documentOf(change))).toEqual([]));

  test('the schema refuses what is none', () => {
    const document = documentOf();
    expect(gitlabProblems({ ...document, scan: { ...document.scan, status: 'maybe' } })).not.toEqual([]);
    expect(gitlabProblems({ ...document, vulnerabilities: [{ id: 'x' }] })).not.toEqual([]);
  });
});

describe('a report for GitLab', () => {
  test('names each finding that counts, what to change, and where', () => {
    const { vulnerabilities } = documentOf();
    expect(vulnerabilities).toMatchObject([
      {
        name: 'CVE-2026-24515 in libexpat1',
        severity: 'High',
        solution: 'Upgrade libexpat1 to 2.7.3-2.',
        identifiers: [
          { type: 'cve', value: 'CVE-2026-24515', url: 'https://nvd.nist.gov/vuln/detail/CVE-2026-24515' },
          { type: 'debian', value: 'DEBIAN-CVE-2026-24515' },
        ],
        location: {
          dependency: { package: { name: 'libexpat1' }, version: '2.7.1-2' },
          operating_system: 'debian 13',
          image: 'surge/gauge-ingest:3.9',
        },
      },
    ]);
    const again = documentOf({ findings: [...manyFindings(2), sampleFinding()] }).vulnerabilities;
    expect(again[2].id).toBe(vulnerabilities[0].id);
    expect(new Set(again.map(({ id }: { readonly id: string }) => id)).size).toBe(3);
  });

  test('tells verdict, faults and what does not count', () => {
    const findings = [...sampleResult().findings, sampleFinding({ id: 'CVE-2026-7' })];
    const { scan, vulnerabilities } = documentOf({ findings });
    expect(vulnerabilities).toHaveLength(1);
    expect(scan.messages).toEqual([
      { level: 'warn', value: 'fail: 1 finding reaches the limit Medium.' },
      { level: 'warn', value: 'file-limit: A file is too large. (opt/a.jar, layer 1)' },
      { level: 'info', value: 'Not counted: CVE-2020-1 in libexpat1, by DSA-2: fixed by the distribution' },
      { level: 'info', value: 'Not counted: CVE-2026-7 in libexpat1: an exception keeps it from counting.' },
    ]);
  });

  test('is a failed scan only where nothing was found and nothing could be judged', () => {
    const { database: _, ...unmatched } = sampleResult({ judgedBy: { kind: 'this-machine' }, findings: [] });
    const verdict = { ...unmatched.verdict, kind: 'cannot-judge' as const };
    const text = gitlab.render({ ...unmatched, verdict }, { colour: false, columns: 80, now: new Date(0) });
    expect(JSON.parse(text).scan).toMatchObject({ status: 'failure' });
    expect(text).toContain('Findings are unknown');
    expect(documentOf({ verdict }).scan.status).toBe('success');
    expect(documentOf({ findings: [] }).scan.status).toBe('success');
  });
});
