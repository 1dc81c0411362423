import type { DiffId, ImageDigest } from '#base/index.ts';
import type { Package } from '#catalog/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import { findingDifference, upgradesOf } from '#vulnerability/index.ts';
import type { ScanResult } from '../scan/result.ts';

/** A result in which every field has a value, unless `change` says otherwise. */
export function sampleResult(change: Partial<ScanResult> = {}): ScanResult {
  const findings = change.findings ?? sampleFindings;
  return {
    target: 'surge/gauge-ingest:3.9',
    subject: {
      kind: 'image',
      digest: digestOf('1') as ImageDigest,
      manifestDigest: digestOf('2'),
      indexDigest: digestOf('3'),
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      created: '2026-11-02T08:00:00Z',
      names: ['surge/gauge-ingest:3.9'],
      layers: [
        { index: 0, diffId: digestOf('4') as DiffId, digest: digestOf('5'), size: 4096, createdBy: 'ADD rootfs /' },
      ],
      history: [],
      settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
    },
    catalog: {
      distribution: { id: 'debian', version: '13', like: [], name: 'Debian GNU/Linux 13 (trixie)' },
      packages: samplePackages,
      faults: [{ code: 'file-limit', message: 'A file is too large.', path: 'opt/a.jar', layer: 0, analyzer: 'jar' }],
      analyzers: [{ id: 'dpkg', version: 1 }],
    },
    findings,
    upgrades: upgradesOf(findings),
    feeds: [{ feed: 'Debian:13/all.zip', ecosystem: 'Debian:13', asOf: '2026-11-20T00:00:00Z' }],
    verdict: sampleVerdict,
    database: sampleDatabase,
    judgedBy: { kind: 'console', page: 'https://seawall.example/images/x' },
    ...change,
  };
}

/** What checks say of an image, and what a rule blocks of it. */
export function sampleChecks(): Pick<ScanResult, 'compliance' | 'verdict'> {
  return {
    compliance: sampleCompliance,
    verdict: { ...sampleVerdict, violations: [...sampleVerdict.violations, brokenCheck] },
  };
}

/** What a base, a newer one and an earlier result say of it: one finding is new, one is gone. */
export function sampleComparisons(): Pick<ScanResult, 'base' | 'baseline'> {
  const difference = findingDifference(sampleFindings, [sampleFinding({ id: 'CVE-2026-8' })]);
  return {
    base: { name: 'debian:13.1', layers: 1, newer: { ...difference, name: 'debian:13.2' } },
    baseline: { ...difference, target: 'surge/gauge-ingest:3.8' },
  };
}

/** A finding of an upgrade that is known; every field has a value. */
export function sampleFinding(change: Partial<Finding> = {}): Finding {
  return {
    id: 'CVE-2026-24515',
    aliases: ['DEBIAN-CVE-2026-24515'],
    summary: 'Null pointer',
    severity: 'high',
    severitySource: 'debian',
    score: 7.5,
    cvss: [{ source: 'nvd', version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', score: 7.5 }],
    vendorRatings: [{ source: 'debian', severity: 'high' }],
    epss: { score: 0.01, percentile: 0.7 },
    kev: { added: '2026-11-01', due: '2026-11-22', ransomware: false },
    package: 'libexpat1',
    type: 'deb',
    purl: 'pkg:deb/debian/libexpat1@2.7.1-2',
    installed: '2.7.1-2',
    fixed: '2.7.3-2',
    status: 'fixed',
    layer: 0,
    path: 'var/lib/dpkg/status',
    matchedBy: {
      advisory: 'DEBIAN-CVE-2026-24515',
      ecosystem: 'Debian:13',
      name: 'expat',
      version: '2.7.1-2',
      scheme: 'deb',
      range: '>= 0, < 2.7.3-2',
      identified: { confidence: 'likely', by: 'file name and class folders' },
    },
    published: '2026-11-10T00:00:00Z',
    risk: { score: 61, points: { severity: 40, kev: 21 } },
    ...change,
  };
}

/** As many findings as an image may have, no two alike. */
export function manyFindings(count: number): readonly Finding[] {
  return Array.from({ length: count }, (_, index) =>
    sampleFinding({ id: `CVE-2026-${10_000 + index}`, package: `libexpat${index % 100}` }),
  );
}

/** A result whose names were written by a stranger: markup, control characters, half a surrogate pair, text that turns around. */
export function hostileResult(): Partial<ScanResult> {
  const evil = '<script>alert(1)</script> &amp; "\'`|=cmd()\u202e\u0000\u001b[31m \ud800 \\ ]]> [x](http://y) {0}';
  const [one] = samplePackages;
  const named = { name: evil, purl: evil, version: evil, licenses: [evil], paths: [evil], vendor: evil };
  return {
    target: evil,
    catalog: {
      ...sampleResult().catalog,
      ...(one === undefined ? {} : { packages: [{ ...one, ...named }] }),
      faults: [{ code: 'file-limit', message: evil, path: evil }],
    },
    findings: [sampleFinding({ id: evil, summary: evil, path: evil, package: evil, purl: evil, installed: evil })],
    verdict: { ...sampleVerdict, reason: evil },
  };
}

const sampleFindings: readonly Finding[] = [
  sampleFinding(),
  sampleFinding({ id: 'CVE-2020-1', suppressed: { reason: 'fixed by the distribution', by: 'DSA-2' } }),
];

const samplePackages: readonly Package[] = [
  {
    type: 'deb',
    name: 'libexpat1',
    version: '2.7.1-2',
    architecture: 'armhf',
    purl: 'pkg:deb/debian/libexpat1@2.7.1-2',
    source: { name: 'expat', version: '2.7.1-2' },
    licenses: ['MIT'],
    layer: 0,
    paths: ['var/lib/dpkg/status'],
    files: ['usr/lib/libexpat.so.1'],
    foundBy: { analyzer: 'dpkg', evidence: 'status' },
    ownedBy: 'pkg:deb/debian/owner@1',
  },
];

const sampleVerdict: ScanResult['verdict'] = {
  kind: 'fail',
  reason: '1 finding reaches the limit Medium.',
  policy: { id: 'scan', version: 1, name: 'nothing with CVSS Medium or higher' },
  violations: [
    {
      rule: 'severity',
      effect: 'block',
      message: 'CVE-2026-24515 in libexpat1 is rated High.',
      remedy: 'Upgrade libexpat1 to 2.7.3-2.',
      finding: {
        id: 'CVE-2026-24515',
        purl: 'pkg:deb/debian/libexpat1@2.7.1-2',
        severity: 'high',
        fixed: '2.7.3-2',
      },
      fault: { code: 'file-limit', path: 'opt/a.jar' },
      graceUntil: '2026-11-30T00:00:00Z',
    },
  ],
  excepted: [
    {
      finding: 'CVE-2026-7',
      purl: 'pkg:deb/debian/libexpat1@2.7.1-2',
      exception: 'c2b0f0f6-2f0f-4a53-9d3c-1f6f0c1d2e3f',
    },
  ],
};

const brokenCheck: ScanResult['verdict']['violations'][number] = {
  rule: 'compliance',
  effect: 'block',
  message: 'IMG-001 “The image does not start as root” is not met: no user, so root.',
  remedy: 'Create an account and end the Dockerfile with its number: USER 10001:10001.',
  check: { id: 'IMG-001', severity: 'high', by: 'Default' },
};

const sampleCompliance: NonNullable<ScanResult['compliance']> = [
  {
    check: {
      id: 'IMG-001',
      title: 'The image does not start as root',
      why: 'Root in it is root on the host.',
      remedy: { dockerfile: 'USER 10001:10001', docker: '--user 10001:10001' },
      severity: 'high',
      nist: ['4.1.2'],
      cis: ['4.1'],
      version: 1,
    },
    result: {
      id: 'IMG-001',
      version: 1,
      state: 'fail',
      seen: ['no user, so root'],
      foldedUnder: 'IMG-000',
      document: 'scan',
      evidence: [{ at: 'config.User', value: '""', default: 'engine' }],
    },
  },
  {
    check: { id: 'IMG-035', title: 'T', why: 'W.', remedy: {}, severity: 'medium', nist: ['4.1.4'], version: 1 },
    result: { id: 'IMG-035', version: 1, state: 'not-assessed', reason: 'Unread.', document: 'scan', evidence: [] },
  },
];

const sampleDatabase: NonNullable<ScanResult['database']> = {
  schemaVersion: 1,
  builtAt: '2026-11-24T12:00:00Z',
  advisories: 31_415,
  sources: [
    {
      id: 'Debian:13',
      advisories: 31_415,
      asOf: '2026-11-20T00:00:00Z',
      covers: ['13'],
      feed: 'Debian:13/all.zip',
      problems: { count: 1, first: ['DSA-1: no version'] },
    },
  ],
  signature: { keyId: 'ab12', trusted: true },
};

function digestOf(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}
