import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Package } from '#catalog/index.ts';
import { ecosystems, purlOf } from '#ecosystems/index.ts';
import type { ScanResult } from '../../scan/result.ts';
import { sampleFinding, sampleResult } from '../testing.ts';
import { componentsOnly, cyclonedx, cyclonedx17 } from './index.ts';
import ids from '../spdx-ids.json' with { type: 'json' };
import { cyclonedxProblems } from './testing.ts';

const now = new Date('2026-11-24T12:00:00Z');
const options = { colour: false, columns: 80, now };

function documentOf(change: Partial<ScanResult> = {}) {
  return JSON.parse(cyclonedx.render(sampleResult(change), options));
}

function packageOf(change: Partial<Package> = {}): Package {
  const one = {
    type: 'npm',
    name: 'lodash',
    version: '4.17.20',
    licenses: ['MIT'],
    layer: 0,
    paths: ['app/node_modules/lodash/package.json'],
    files: [],
    foundBy: { analyzer: 'npm', evidence: 'package.json' },
    ...change,
  };
  return { ...one, purl: change.purl ?? purlOf(one) };
}

function catalogOf(packages: readonly Package[], faults: ScanResult['catalog']['faults'] = []): Partial<ScanResult> {
  return { catalog: { ...sampleResult().catalog, packages, faults }, findings: [] };
}

describe('by the schemas of CycloneDX', () => {
  const evil = '[x](http://y) {0} \u202e\u0000 \ud800 \\ "<';
  const { score: _, fixed: __, path: ___, ...bare } = sampleFinding({ severity: 'unrated', id: 'GHSA-1' });

  test.each<readonly [string, Partial<ScanResult>]>([
    ['a usual result', {}],
    ['nothing', { ...catalogOf([]), findings: [] }],
    ['findings that nobody rates', { findings: [bare, { ...bare, severity: 'negligible' }] }],
    ['a finding in two packages', { findings: [sampleFinding(), sampleFinding({ layer: 3 })] }],
    ['a folder', { target: 'dir:/', subject: { kind: 'file-system', id: 'host:x' as never, name: 'x', path: '/' } }],
    ['no version', catalogOf([packageOf({ version: '', purl: 'pkg:npm/lodash' })])],
    ['the same package at many places', catalogOf([packageOf(), packageOf({ paths: ['b'] }), packageOf({ layer: 1 })])],
    [
      'names of strangers',
      {
        target: evil,
        ...catalogOf([packageOf({ name: evil, licenses: [evil], paths: [evil], purl: evil })]),
        findings: [sampleFinding({ id: evil, summary: evil, purl: evil })],
      },
    ],
    ...ecosystems.map(
      ({ face: { id } }) =>
        [id, catalogOf([packageOf({ type: id, name: id === 'maven' ? 'org.example:a' : 'a' })])] as const,
    ),
  ])('%s is valid, in both versions', (_name, change) => {
    expect(cyclonedxProblems(documentOf(change))).toEqual([]);
    const newer = JSON.parse(cyclonedx17.render(sampleResult(change), options));
    expect(newer).toMatchObject({ $schema: 'http://cyclonedx.org/schema/bom-1.7.schema.json', specVersion: '1.7' });
    expect(cyclonedxProblems(newer)).toEqual([]);
  });

  test('the check refuses what is none', () => {
    const document = documentOf();
    expect(cyclonedxProblems({ ...document, serialNumber: 'x' })).not.toEqual([]);
    expect(cyclonedxProblems({ ...document, components: [{ type: 'library' }] })).not.toEqual([]);
    expect(cyclonedxProblems({ ...document, dependencies: [{ ref: 'nowhere' }] })).toEqual(['leads nowhere: nowhere']);
    expect(
      cyclonedxProblems({ ...document, components: [...document.components, ...document.components] }),
    ).not.toEqual([]);
  });

  test('knows the licence ids of the schema', () => {
    const schema = readFileSync(join(import.meta.dirname, 'fixtures/spdx.SNAPSHOT.schema.json'), 'utf8');
    expect(ids).toEqual(JSON.parse(schema).enum);
  });
});

describe('a bill of materials', () => {
  test('names the image by its digest, with its layers', () => {
    const { metadata, components } = documentOf();
    expect(metadata.component).toMatchObject({
      type: 'container',
      name: 'surge/gauge-ingest:3.9',
      version: `sha256:${'1'.repeat(64)}`,
      hashes: [{ alg: 'SHA-256', content: '1'.repeat(64) }],
      purl: expect.stringMatching(/^pkg:oci\/gauge-ingest@sha256:2{64}\?/),
    });
    expect(metadata.component.properties).toContainEqual({
      name: 'seawall:image:diffId',
      value: `sha256:${'4'.repeat(64)}`,
    });
    expect(components[0]).toMatchObject({ type: 'operating-system', name: 'debian', version: '13' });
    expect(components[1]).toMatchObject({
      name: 'libexpat1',
      version: '2.7.1-2',
      purl: 'pkg:deb/debian/libexpat1@2.7.1-2',
      licenses: [{ license: { id: 'MIT', acknowledgement: 'declared' } }],
      evidence: {
        occurrences: [{ location: 'var/lib/dpkg/status', additionalContext: `layer sha256:${'4'.repeat(64)}` }],
      },
    });
    expect(components[1].properties).toContainEqual({ name: 'seawall:source', value: 'expat 2.7.1-2' });
  });

  test('is the same text whatever the order in which packages were found; its number is of its content', () => {
    const packages = [packageOf({ paths: ['b'] }), packageOf({ paths: ['a'] }), packageOf({ name: '@x/y' })];
    const text = (list: readonly Package[], at = now) =>
      componentsOnly({ ...sampleResult(catalogOf(list)), moment: at });
    const [one, same] = [text(packages), text(packages.toReversed())];
    expect(same).toBe(one);
    const later = text(packages, new Date('2027-01-01T00:00:00Z'));
    expect(later).toBe(one.replace('2026-11-24T12:00:00Z', '2027-01-01T00:00:00Z'));
    expect(JSON.parse(one).serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab]/);
    expect(JSON.parse(text(packages.slice(1))).serialNumber).not.toBe(JSON.parse(one).serialNumber);
    expect(JSON.parse(one).components.at(-1)['bom-ref']).toBe('pkg:npm/lodash@4.17.20#2');
  });

  test('a package URL that ends like a numbered one keeps its reference', () => {
    const [own, twin] = [packageOf(), packageOf({ paths: ['b'] })];
    const posing = packageOf({ name: 'z', purl: `${own.purl}#2` });
    expect(cyclonedxProblems(documentOf(catalogOf([own, twin, posing])))).toEqual([]);
  });

  test.each([
    [['MIT'], [{ license: { id: 'MIT', acknowledgement: 'declared' } }]],
    [['MIT OR Apache-2.0'], [{ expression: 'MIT OR Apache-2.0', acknowledgement: 'declared' }]],
    [['(MIT AND (BSD-3-Clause OR GPL-2.0-only WITH Classpath-exception-2.0))'], 'expression'],
    [['GPL-2.0+ AND LicenseRef-x'], 'expression'],
    [['MIT OR'], 'name'],
    [['MIT Apache-2.0'], 'name'],
    [['mit'], 'name'],
    [['SEE LICENSE IN LICENSE'], 'name'],
    [['( MIT'], 'name'],
    [['MIT', 'MIT'], [{ license: { id: 'MIT', acknowledgement: 'declared' } }]],
    [
      ['MIT', 'ISC OR MIT'],
      [
        { license: { id: 'MIT', acknowledgement: 'declared' } },
        { license: { name: 'ISC OR MIT', acknowledgement: 'declared' } },
      ],
    ],
    [[''], undefined],
  ])('licences %j', (licenses, expected) => {
    const { components } = documentOf(catalogOf([packageOf({ licenses })]));
    const found = components.at(-1).licenses;
    if (typeof expected !== 'string') expect(found).toEqual(expected);
    else
      expect(found).toEqual([
        expected === 'name'
          ? { license: { name: licenses[0], acknowledgement: 'declared' } }
          : { expression: licenses[0], acknowledgement: 'declared' },
      ]);
  });

  test('says what npm packages require of each other, and nothing where it is not known', () => {
    const required = packageOf({ name: 'b', paths: ['node_modules/b/package.json'], requires: [] });
    const requiring = packageOf({ name: 'a', paths: ['node_modules/a/package.json'], requires: ['b'] });
    const lacking = packageOf({ name: 'c', paths: ['node_modules/c/package.json'], requires: ['b', 'gone'] });
    const silent = packageOf({ name: 'd', paths: ['node_modules/d/package.json'] });
    const { dependencies } = documentOf(catalogOf([silent, lacking, requiring, required]));
    expect(dependencies.slice(1)).toEqual([
      { ref: requiring.purl, dependsOn: [required.purl] },
      { ref: required.purl },
    ]);
    expect(dependencies[0].dependsOn).toHaveLength(5);
  });

  test.each([
    ['no fault', [], 'unknown'],
    ['a file that was not read', [{ code: 'file-limit', message: 'Too large.' }], 'incomplete'],
    ['a file that nothing identifies', [{ code: 'unidentified-package', message: 'Unknown.' }], 'incomplete'],
    ['advisories that are missing', [{ code: 'no-advisory-data', message: 'None.' }], 'unknown'],
  ])('with %s is %s', (_name, faults, aggregate) => {
    const { compositions, metadata } = documentOf(catalogOf([packageOf()], faults));
    expect(compositions).toEqual([{ aggregate, assemblies: [`sha256:${'1'.repeat(64)}`] }]);
    const shown = metadata.properties.filter(({ name }: { name: string }) => name === 'seawall:fault');
    expect(shown).toEqual(faults.map(({ code, message }) => ({ name: 'seawall:fault', value: `${code}: ${message}` })));
  });

  test('of 60,000 packages is written in bounded time, and places and faults have a limit', () => {
    const packages = Array.from({ length: 60_000 }, (_, at) => packageOf({ version: `1.${at % 30_000}.0` }));
    const wide = packageOf({ name: 'wide', paths: Array.from({ length: 1000 }, (_, at) => `f/${at}`) });
    const faults = Array.from({ length: 10_000 }, (_, at) => ({ code: 'file-limit', message: `Too large ${at}.` }));
    const started = performance.now();
    const document = documentOf(catalogOf([...packages, wide], faults));
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(document.components).toHaveLength(60_002);
    expect(new Set(document.components.map((one: { 'bom-ref': string }) => one['bom-ref'])).size).toBe(60_002);
    const last = document.components.at(-1);
    expect(last.evidence.occurrences).toHaveLength(100);
    expect(last.properties).toContainEqual({ name: 'seawall:occurrencesLeftOut', value: '900' });
    const { properties } = document.metadata;
    expect(properties.filter(({ name }: { name: string }) => name === 'seawall:fault')).toHaveLength(200);
    expect(properties).toContainEqual({ name: 'seawall:faults', value: '10000' });
  });
});

describe('its vulnerabilities', () => {
  const other = { ...packageOf(), name: 'libexpat1-dev', purl: 'pkg:deb/debian/libexpat1-dev@2.7.1-2' };

  test('hold each rating with its source, that which counts first', () => {
    const [vulnerability] = documentOf().vulnerabilities;
    expect(vulnerability.ratings).toEqual([
      { source: { name: 'debian' }, score: 7.5, severity: 'high', method: 'other' },
      {
        source: { name: 'nvd' },
        score: 7.5,
        method: 'CVSSv31',
        vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
      },
    ]);
    expect(vulnerability).toMatchObject({
      id: 'CVE-2026-24515',
      source: { name: 'Debian:13' },
      references: [{ id: 'DEBIAN-CVE-2026-24515' }],
      recommendation: 'Upgrade libexpat1 to 2.7.3-2.',
      affects: [
        {
          ref: 'pkg:deb/debian/libexpat1@2.7.1-2',
          versions: [
            { version: '2.7.1-2', status: 'affected' },
            { version: '2.7.3-2', status: 'unaffected' },
          ],
        },
      ],
    });
  });

  test('a rating in CVSS that counts stands once; what nobody rates is unknown', () => {
    const rated = (change: Parameters<typeof sampleFinding>[0]) =>
      documentOf({ findings: [sampleFinding(change)] }).vulnerabilities[0].ratings;
    expect(rated({ severitySource: 'nvd', vendorRatings: [] })).toEqual([
      { source: { name: 'nvd' }, score: 7.5, severity: 'high', method: 'CVSSv31', vector: expect.any(String) },
    ]);
    const {
      score: _,
      severitySource: __,
      ...bare
    } = sampleFinding({ severity: 'unrated', cvss: [], vendorRatings: [] });
    expect(documentOf({ findings: [bare] }).vulnerabilities[0].ratings).toEqual([
      { severity: 'unknown', method: 'other' },
    ]);
  });

  test('one stands once, with every component that it affects', () => {
    const findings = [sampleFinding(), sampleFinding({ purl: other.purl, package: 'libexpat1' })];
    const { catalog } = sampleResult();
    const document = documentOf({ findings, catalog: { ...catalog, packages: [...catalog.packages, other] } });
    expect(document.vulnerabilities).toHaveLength(1);
    expect(document.vulnerabilities[0].affects.map(({ ref }: { ref: string }) => ref)).toEqual([
      other.purl,
      'pkg:deb/debian/libexpat1@2.7.1-2',
    ]);
  });

  test('tell what is known of them: none, accepted, looked into, never fixed', () => {
    const { verdict } = sampleResult();
    const { fixed: _, ...open } = sampleFinding();
    const analysis = (finding: typeof open, change: Partial<ScanResult> = {}) =>
      documentOf({ findings: [finding], ...change }).vulnerabilities[0].analysis;
    expect(analysis(sampleFinding())).toBeUndefined();
    expect(analysis({ ...open, suppressed: { reason: 'Fixed in x', by: 'DSA-2' } })).toEqual({
      state: 'false_positive',
      detail: 'Fixed in x (DSA-2).',
    });
    expect(analysis({ ...open, status: 'under-investigation' })).toEqual({ state: 'in_triage' });
    expect(analysis({ ...open, status: 'will-not-fix' })).toEqual({ response: ['will_not_fix'] });
    const excepted = [{ finding: open.id, purl: open.purl, exception: 'c2b0f0f6-2f0f-4a53-9d3c-1f6f0c1d2e3f' }];
    expect(analysis(open, { verdict: { ...verdict, excepted } })).toEqual({
      detail: 'An exception keeps it from counting.',
    });
  });

  test('a list without findings says whether anything was compared', () => {
    const { database: _, ...rest } = sampleResult({ findings: [] });
    const state = (result: ScanResult) =>
      JSON.parse(cyclonedx.render(result, options)).metadata.properties.find(
        ({ name }: { name: string }) => name === 'seawall:vulnerabilities',
      ).value;
    expect(state(sampleResult({ findings: [] }))).toBe('matched');
    expect(state({ ...rest, judgedBy: { kind: 'this-machine' } })).toBe('not-matched');
    expect(state(sampleResult({ findings: [], judgedBy: { kind: 'this-machine' } }))).toBe('matched');
  });
});
