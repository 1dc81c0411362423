import { describe, expect, test } from 'vitest';
import type { Package } from '#catalog/index.ts';
import type { ScanResult } from '../../scan/result.ts';
import { hostileResult, manyFindings, sampleFinding, sampleResult } from '../testing.ts';
import { packagesOnly, spdx } from './index.ts';
import { spdxProblems } from './testing.ts';

const now = new Date('2026-11-24T12:00:00Z');
const [sample] = sampleResult().catalog.packages as [Package, ...Package[]];

function documentOf(change: Partial<ScanResult> = {}) {
  return JSON.parse(spdx.render(sampleResult(change), { colour: false, columns: 80, now }));
}

function holding(...packages: readonly Package[]): Partial<ScanResult> {
  return { catalog: { ...sampleResult().catalog, packages }, findings: [] };
}

describe('by the schema of SPDX 2.3', () => {
  test.each<readonly [string, Partial<ScanResult>]>([
    ['a usual result', {}],
    ['nothing', { ...holding(), verdict: { ...sampleResult().verdict, kind: 'cannot-judge' } }],
    ['a folder', { target: 'dir:/', subject: { kind: 'file-system', id: 'host:x' as never, name: 'x', path: '/' } }],
    ['no version', holding({ ...sample, version: '', purl: 'pkg:npm/a', vendor: 'Acme' })],
    ['the same package at many places', holding(sample, sample, { ...sample, layer: 1, paths: [] })],
    ['licences of all kinds', holding({ ...sample, licenses: ['MIT', 'GPL-2+ or so', 'MIT OR Apache-2.0'] })],
    ['names of strangers', hostileResult()],
    ['10,000 findings', { findings: manyFindings(10_000) }],
  ])('%s is valid', (_, change) => expect(spdxProblems(documentOf(change))).toEqual([]));

  test('the check refuses what is none', () => {
    const document = documentOf();
    expect(spdxProblems({ ...document, creationInfo: {} })).not.toEqual([]);
    expect(spdxProblems({ ...document, packages: document.packages.slice(1) })).toContain('SPDXRef-Subject');
    expect(spdxProblems({ ...document, packages: [...document.packages, ...document.packages] })).toContain(
      'ids that stand twice',
    );
    const odd = documentOf(holding({ ...sample, licenses: ['of my own'] }));
    expect(spdxProblems({ ...odd, hasExtractedLicensingInfos: [] })).toHaveLength(1);
  });
});

describe('an SPDX document', () => {
  test('names image, distribution and packages with their package URLs and sources', () => {
    const { packages, documentDescribes } = documentOf();
    expect(documentDescribes).toEqual(['SPDXRef-Subject']);
    expect(packages).toMatchObject([
      { primaryPackagePurpose: 'CONTAINER', versionInfo: `sha256:${'1'.repeat(64)}` },
      { primaryPackagePurpose: 'OPERATING_SYSTEM', name: 'debian', versionInfo: '13' },
      {
        name: 'libexpat1',
        versionInfo: '2.7.1-2',
        licenseDeclared: 'MIT',
        sourceInfo: 'built package from: expat 2.7.1-2',
        externalRefs: [
          { referenceType: 'purl', referenceLocator: 'pkg:deb/debian/libexpat1@2.7.1-2' },
          {
            referenceCategory: 'SECURITY',
            referenceLocator: 'https://nvd.nist.gov/vuln/detail/CVE-2026-24515',
            comment: 'CVE-2026-24515: high (7.5), fixed in 2.7.3-2',
          },
        ],
      },
    ]);
  });

  test('joins what a package declares, and explains what is no licence of the list', () => {
    const licenses = ['MIT', 'Apache-2.0 OR GPL-2.0-only', 'do what you like'];
    const { packages, hasExtractedLicensingInfos: explained } = documentOf(holding({ ...sample, licenses }));
    expect(explained).toMatchObject([{ extractedText: 'do what you like' }]);
    expect(packages[2].licenseDeclared).toBe(`MIT AND (Apache-2.0 OR GPL-2.0-only) AND ${explained[0].licenseId}`);
    expect(documentOf(holding({ ...sample, licenses: [] })).packages[2].licenseDeclared).toBe('NOASSERTION');
  });

  test('tells verdict, faults and what does not count, and refers to none of that', () => {
    const finding = sampleFinding({ id: 'CVE-2026-7' });
    const { annotations, packages } = documentOf({ findings: [...sampleResult().findings, finding] });
    const notes = annotations.map(({ comment }: { readonly comment: string }) => comment);
    expect(notes).toEqual([
      'seawall:verdict fail: 1 finding reaches the limit Medium.',
      'seawall:vulnerabilities matched',
      'seawall:feed Debian:13 2026-11-20T00:00:00Z',
      'seawall:faults 1',
      'seawall:fault file-limit: A file is too large. (opt/a.jar, layer 0)',
      'seawall:not-counted CVE-2020-1 in pkg:deb/debian/libexpat1@2.7.1-2: fixed by the distribution',
      'seawall:not-counted CVE-2026-7 in pkg:deb/debian/libexpat1@2.7.1-2: an exception keeps it from counting',
    ]);
    expect(JSON.stringify(packages)).not.toMatch(/CVE-2020-1|CVE-2026-7"/);
    const { database: _, ...unmatched } = sampleResult({ judgedBy: { kind: 'this-machine' } });
    const text = spdx.render({ ...unmatched, findings: [] }, { colour: false, columns: 80, now });
    expect(text).toContain('seawall:vulnerabilities not-matched');
  });

  test('is the same for the same content but for its time', () => {
    const render = (packages: readonly Package[], moment = now) =>
      packagesOnly({ ...sampleResult(holding(...packages)), moment });
    const other = { ...sample, purl: 'pkg:npm/a@1', name: 'a' };
    const text = render([sample, other]);
    expect(render([other, sample])).toBe(text);
    expect(render([sample, other], new Date('2027-01-01T00:00:00Z'))).toBe(
      text.replaceAll('2026-11-24T12:00:00Z', '2027-01-01T00:00:00Z'),
    );
    expect(JSON.parse(render([sample])).documentNamespace).not.toBe(JSON.parse(text).documentNamespace);
    expect(text).not.toContain('seawall:verdict');
  });
});
