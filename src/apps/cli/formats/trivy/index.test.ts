import { describe, expect, test } from 'vitest';
import type { ScanResult } from '../../scan/result.ts';
import { hostileResult, manyFindings, sampleFinding, sampleResult } from '../testing.ts';
import { trivy } from './index.ts';
import { trivyProblems } from './testing.ts';

function documentOf(change: Partial<ScanResult> = {}) {
  const options = { colour: false, columns: 80, now: new Date('2026-11-24T12:00:00Z') };
  return JSON.parse(trivy.render(sampleResult(change), options));
}

describe('a report in the form of Trivy', () => {
  const { path: _, score: __, fixed: ___, summary: ____, published: _____, ...bare } = sampleFinding();

  test.each<readonly [string, Partial<ScanResult>]>([
    ['a usual result', {}],
    ['nothing', { findings: [], catalog: { packages: [], faults: [], analyzers: [] } }],
    ['a folder', { target: 'dir:/', subject: { kind: 'file-system', id: 'host:x' as never, name: 'x', path: '/' } }],
    ['a bare finding', { findings: [{ ...bare, cvss: [], severity: 'unrated', layer: 7 }] }],
    ['names of strangers', hostileResult()],
    ['10,000 findings', { findings: manyFindings(10_000) }],
  ])('%s has the fields and types of schema version 2', (_name, change) =>
    expect(trivyProblems(documentOf(change))).toEqual([]),
  );

  test('the check refuses what is none', () => {
    const document = documentOf();
    expect(trivyProblems({ ...document, SchemaVersion: 1 })).not.toEqual([]);
    const [first] = document.Results;
    expect(
      trivyProblems({ ...document, Results: [{ ...first, Vulnerabilities: [{ Severity: 'high' }] }] }),
    ).not.toEqual([]);
  });

  test('names image, distribution, and each finding that counts', () => {
    expect(documentOf()).toMatchObject({
      SchemaVersion: 2,
      ArtifactName: 'surge/gauge-ingest:3.9',
      ArtifactType: 'container_image',
      Metadata: { OS: { Family: 'debian', Name: '13' }, RepoTags: ['surge/gauge-ingest:3.9'] },
      Results: [
        {
          Target: 'surge/gauge-ingest:3.9 (debian 13)',
          Class: 'os-pkgs',
          Type: 'debian',
          Vulnerabilities: [
            {
              VulnerabilityID: 'CVE-2026-24515',
              PkgName: 'libexpat1',
              InstalledVersion: '2.7.1-2',
              FixedVersion: '2.7.3-2',
              Status: 'fixed',
              Severity: 'HIGH',
              Layer: { DiffID: `sha256:${'4'.repeat(64)}` },
              CVSS: { nvd: { V3Score: 7.5 } },
            },
          ],
        },
      ],
    });
  });

  test('keeps what does not count apart, with the reason', () => {
    const { Results } = documentOf({ findings: [...sampleResult().findings, sampleFinding({ id: 'CVE-2026-7' })] });
    expect(Results[0].Vulnerabilities).toHaveLength(1);
    expect(Results[0].ExperimentalModifiedFindings).toMatchObject([
      { Status: 'not_affected', Statement: 'fixed by the distribution', Source: 'DSA-2' },
      { Status: 'ignored', Finding: { VulnerabilityID: 'CVE-2026-7' } },
    ]);
  });

  test('tells verdict and faults where its readers do not look, and says so', () => {
    expect(documentOf()).toMatchObject({ SeawallVerdict: { Kind: 'fail' }, SeawallFaults: [{ Code: 'file-limit' }] });
    expect(trivy.remark?.(sampleResult())).toContain('neither verdict nor faults');
    const { catalog } = sampleResult();
    expect(trivy.remark?.(sampleResult({ catalog: { ...catalog, faults: [] } }))).toBeUndefined();
  });

  test('a kind of packages of a language is one result', () => {
    const npm = sampleFinding({ type: 'npm', package: '@a/b', purl: 'pkg:npm/%40a/b@1' });
    const { Results } = documentOf({ findings: [sampleFinding(), npm] });
    expect(Results).toMatchObject([
      { Class: 'os-pkgs', Type: 'debian' },
      { Target: 'Node.js', Class: 'lang-pkgs', Type: 'node-pkg', Vulnerabilities: [{ PkgName: '@a/b' }] },
    ]);
  });
});
