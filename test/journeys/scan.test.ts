import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sarifProblems } from '../../src/apps/cli/formats/sarif/testing.ts';
import { type ImageOptions, dockerArchive, ociArchive, ociImage, ociLayout, writeLayout } from '../make/image.ts';
import { apkInstalled, dpkgStatus, mavenJar, npmPackage, osRelease, rpmDatabase } from '../make/packages.ts';
import { file, makeTar, type TarEntry } from '../make/tar.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-journey-'));
  database = await fullDatabase();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Scans with the database of all feeds and a cache of this test's own. */
function scan(...words: readonly string[]): Promise<Run> {
  const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') };
  return runSeawall(['scan', ...words, '--db', database.path], { env, cwd: folder });
}

interface ShownFinding {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: string;
  readonly installed: string;
  readonly fixed?: string;
  readonly severity: string;
  readonly status: string;
}

interface ShownResult {
  readonly locations: readonly [{ physicalLocation: { artifactLocation: { uri: string } } }];
}

function findingsOf(run: Run): readonly ShownFinding[] {
  return JSON.parse(run.stdout).findings;
}

function archive(name: string, entries: readonly TarEntry[], options?: ImageOptions): string {
  const path = join(folder, `${name}.tar`);
  writeFileSync(path, dockerArchive([makeTar(entries)], options).bytes);
  return path;
}

/** One rated vulnerability of each ecosystem's feed, in a package that no other advisory names in these versions. */
const cases = [
  {
    type: 'deb',
    entries: (version: string) => [
      osRelease('debian', '13'),
      dpkgStatus([{ name: 'liblz4-1', version, source: 'lz4' }]),
    ],
    vulnerability: { id: 'CVE-2021-3520', package: 'liblz4-1', advisory: 'DEBIAN-CVE-2021-3520' },
    below: '1.9.3-1',
    fixed: '1.9.3-2',
    purl: 'pkg:deb/debian/liblz4-1@1.9.3-2?',
  },
  {
    type: 'apk',
    entries: (version: string) => [
      osRelease('alpine', '3.20.3'),
      apkInstalled([{ name: 'libbz2', version, origin: 'bzip2' }]),
    ],
    vulnerability: { id: 'CVE-2019-12900', package: 'libbz2', advisory: 'ALPINE-CVE-2019-12900' },
    below: '1.0.6-r6',
    fixed: '1.0.6-r7',
    purl: 'pkg:apk/alpine/libbz2@1.0.6-r7?',
  },
  {
    type: 'rpm',
    entries: (version: string) => [osRelease('almalinux', '9.0'), rpmDatabase([{ name: 'xz-libs', version }])],
    vulnerability: { id: 'CVE-2022-1271', package: 'xz-libs', advisory: 'ALSA-2022:4940' },
    below: '5.2.5-7.el9_0',
    fixed: '5.2.5-8.el9_0',
    purl: 'pkg:rpm/almalinux/xz-libs@5.2.5-8.el9_0?',
  },
  {
    type: 'npm',
    entries: (version: string) => [npmPackage('get-func-name', version)],
    vulnerability: { id: 'CVE-2023-43646', package: 'get-func-name', advisory: 'GHSA-4q6p-r6v2-jvc5' },
    below: '2.0.0',
    fixed: '2.0.1',
    purl: 'pkg:npm/get-func-name@2.0.1',
  },
  {
    type: 'maven',
    entries: (version: string) => [
      mavenJar('app/lib/uimaj.jar', { group: 'org.apache.uima', artifact: 'uimaj-cpe', version }),
    ],
    vulnerability: { id: 'CVE-2023-39913', package: 'org.apache.uima:uimaj-cpe', advisory: 'CVE-2023-39913' },
    below: '3.4.1',
    fixed: '3.5.0',
    purl: 'pkg:maven/org.apache.uima/uimaj-cpe@3.5.0',
  },
] as const;

/** The same layer in every way an image is handed over. */
const packings = ['docker archive', 'OCI archive, gzip', 'OCI layout, zstd'] as const;

async function packed(packing: (typeof packings)[number], layer: Uint8Array, name: string): Promise<string> {
  const path = join(folder, name);
  switch (packing) {
    case 'docker archive':
      writeFileSync(path, dockerArchive([layer]).bytes);
      return path;
    case 'OCI archive, gzip':
      writeFileSync(path, ociArchive([ociImage([layer], { compression: 'gzip' })]));
      return `archive:${path}`;
    case 'OCI layout, zstd':
      await writeLayout(path, ociLayout([ociImage([layer], { compression: 'zstd' })]));
      return `oci:${path}`;
  }
}

describe.each(cases)('$type: $vulnerability.package', ({ type, entries, vulnerability, below, fixed, purl }) => {
  it.each(packings)('one version below the fix gives the advisory, the fixed version none (%s)', async (packing) => {
    const old = await packed(packing, makeTar(entries(below)), `${type}-${packing.length}-old`);
    const failing = await scan(old, '--format', 'json');
    const findings = findingsOf(failing);
    expect(findings).toMatchObject([
      { id: vulnerability.id, package: vulnerability.package, installed: below, fixed, status: 'fixed' },
    ]);
    expect([findings[0]?.id, ...(findings[0]?.aliases ?? [])]).toContain(vulnerability.advisory);
    expect(failing.code).toBe(1);
    expect(failing.lastLine).toMatch(new RegExp(`^fail: 1 finding .*\\bMedium\\b.*${vulnerability.id}`));

    const mended = await packed(packing, makeTar(entries(fixed)), `${type}-${packing.length}-new`);
    const passing = await scan(mended, '--format', 'json');
    expect(JSON.parse(passing.stdout)).toMatchObject({
      findings: [],
      faults: [],
      packages: [{ type, name: vulnerability.package, version: fixed, purl: expect.stringContaining(purl) }],
    });
    expect([passing.code, passing.lastLine]).toEqual([0, expect.stringMatching(/^pass: No finding\./)]);
  });
});

describe('limits', () => {
  const high = () => archive('high', [npmPackage('get-func-name', '2.0.0')]);

  it.each([
    ['high', 1],
    ['critical', 0],
    ['8.6', 1],
    ['8.7', 0],
  ] as const)('--fail-on %s on a vulnerability rated 8.6 exits %i', async (limit, code) => {
    expect((await scan(high(), '--fail-on', limit)).code).toBe(code);
  });

  it('--only-fixed lets a vulnerability pass that no upgrade removes, and no other', async () => {
    const unfixed = archive('unfixed', [npmPackage('dat.gui', '0.7.7')]);
    const all = await scan(unfixed, '--format', 'json');
    expect(findingsOf(all)).toMatchObject([{ id: 'CVE-2020-7755', status: 'affected', severity: 'high' }]);
    expect(findingsOf(all)[0]).not.toHaveProperty('fixed');
    expect(all.code).toBe(1);
    expect(await scan(unfixed, '--only-fixed')).toMatchObject({
      code: 0,
      lastLine: expect.stringMatching(/^pass: .*\bMedium\b.*\(--only-fixed\)\./),
    });
    expect(await scan(high(), '--only-fixed')).toMatchObject({ code: 1 });
  });

  it('--only-fixed counts apart what reaches the limit and has no fix', async () => {
    const versions = ['0.7.5', '0.7.6', '0.7.7'];
    const unfixed = archive(
      'three-unfixed',
      versions.flatMap((version) => npmPackage('dat.gui', version, `srv/${version}/node_modules`)),
    );
    const run = await scan(unfixed, '--only-fixed', '--fail-on', 'high', '--format', 'json');
    expect(findingsOf(run)).toHaveLength(versions.length);
    const [reaching, none] = [
      /^pass: [^:]*: 3 reach\b.*\bHigh\b.*\(--only-fixed\)\./,
      /\bNone of 3 findings reaches\b/,
    ];
    expect([run.code, run.lastLine]).toEqual([0, expect.stringMatching(reaching)]);
    expect(run.lastLine).not.toMatch(none);
    expect(await scan(unfixed, '--only-fixed', '--fail-on', 'critical')).toMatchObject({
      code: 0,
      lastLine: expect.stringMatching(none),
    });
  });

  it('a finding that nobody rates blocks, at every limit', async () => {
    const entries = [osRelease('debian', '13'), dpkgStatus([{ name: 'net-tools', version: '2.10-1.1' }])];
    const unrated = archive('unrated', entries);
    for (const limit of ['medium', 'critical', '10']) {
      const run = await scan(unrated, '--fail-on', limit, '--format', 'json');
      expect(findingsOf(run)).toMatchObject([{ id: 'CVE-2025-46836', severity: 'unrated', fixed: '2.10-1.2' }]);
      expect([run.code, run.lastLine]).toEqual([1, expect.stringMatching(/^fail: .*\brated\b/)]);
    }
  });
});

describe('the result', () => {
  // Beside it stands how old the feeds are, once they are.
  const blockedBySeverity: unknown = expect.objectContaining({ effect: 'block', rule: 'severity' });

  it('as JSON has the fields that others build on', async () => {
    const image = archive('fields', [osRelease('debian', '13'), ...cases[0].entries('1.9.3-1')], {
      names: ['shop/app:1'],
      steps: ['ADD rootfs /'],
    });
    const result = JSON.parse((await scan(image, '--format', 'json')).stdout);
    const has = (value: object, names: string) =>
      expect(Object.keys(value)).toEqual(expect.arrayContaining(names.split(' ')));
    has(result, 'schemaVersion target image database packages findings verdict faults');
    has(result.image, 'digest platform os created layers');
    has(result.database, 'builtAt sources');
    has(result.packages[0], 'purl name version type layer paths');
    has(
      result.findings[0],
      'id aliases severity severitySource cvss epss package purl installed fixed status layer matchedBy',
    );
    has(result.verdict, 'kind violations');
    expect(result).toMatchObject({
      schemaVersion: 1,
      target: image,
      image: {
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        platform: 'linux/amd64',
        layers: [{ createdBy: 'ADD rootfs /' }],
      },
      verdict: { kind: 'fail', violations: expect.arrayContaining([blockedBySeverity]) },
    });
  });

  it('goes to --output whole, and standard output stays empty', async () => {
    const target = archive('output', [npmPackage('get-func-name', '2.0.0')]);
    const output = join(folder, 'result.json');
    const run = await scan(target, '--format', 'json', '--output', output);
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(JSON.parse(readFileSync(output, 'utf8')).verdict.kind).toBe('fail');
    const unwritable = await scan(target, '--output', join(folder, 'no-such-folder/result.json'));
    expect([unwritable.code, unwritable.lastLine]).toEqual([2, expect.stringContaining('[output-unwritable]')]);
  });

  it('as SARIF keeps to the schema of OASIS, with nested archives and faults', async () => {
    const log4j = { group: 'org.apache.logging.log4j', artifact: 'log4j-core', version: '2.14.1' };
    const { path, content } = mavenJar('lib/log4j-core.jar', log4j);
    const war = file('app/a.war', zipSync({ [path]: Buffer.from(content) }));
    const entries = [
      ...cases[0].entries('1.9.3-1'),
      npmPackage('dat.gui', '0.7.7'),
      war,
      file('app/bad.jar', 'no zip'),
    ];
    const run = await scan(archive('sarif', entries), '--format', 'sarif');
    const document = JSON.parse(run.stdout);
    expect(sarifProblems(document)).toEqual([]);
    const [{ results, invocations, tool }] = document.runs;
    const uris = results.map((one: ShownResult) => one.locations[0].physicalLocation.artifactLocation.uri);
    expect(uris).toContain('app/a.war!/lib/log4j-core.jar');
    expect(invocations[0].toolExecutionNotifications).toMatchObject([
      { level: 'error', descriptor: { id: 'cannot-judge' } },
      { level: 'error', locations: [{ physicalLocation: { artifactLocation: { uri: 'app/bad.jar' } } }] },
    ]);
    expect(tool.driver.rules[0]).toMatchObject({ id: 'CVE-2021-44228', properties: { 'security-severity': '10.0' } });
  });

  it('as table is one line an upgrade and ends with the verdict', async () => {
    const run = await scan(archive('table', [npmPackage('get-func-name', '2.0.0')]));
    expect(run.stdout).toMatch(/High\s+get-func-name\s+2\.0\.0 → 2\.0\.1\s+1\s+CVE-2023-43646/);
    expect(run.stdout).toMatch(/\nFAIL {2}[^\n]+(?:\n {2}[^\n]+)*\n$/);
    expect(run.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('what is asked for wrongly', () => {
  it.each([
    ['an option', ['scan', 'x', '--fial-on', 'high'], '--fail-on'],
    ['a command', ['scna', 'x'], 'scan'],
    ['a format', ['scan', 'x', '--format', 'jsn'], 'json'],
    ['a limit', ['scan', 'x', '--fail-on', 'hihg'], 'high'],
    ['no target', ['scan'], 'seawall scan IMAGE'],
    ['a size', ['scan', 'x', '--max-unpacked', 'much'], '--max-unpacked'],
  ])('%s: exits 2 and names what was meant', async (_, words, meant) => {
    const run = await runSeawall(words, { env: database.env, cwd: folder });
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(meant);
    expect(run.lastLine).not.toBe('');
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['nowhere.tar', 'target-not-found', ['archive:nowhere.tar']],
    ['nowhere', 'target-not-found', ['oci:nowhere']],
    ['nowhere', 'target-not-found', ['dir:nowhere']],
    ['gone.tar', 'target-not-found', ['--input', 'gone.tar']],
  ])('%s that does not exist: %s', async (name, code, words) => {
    const run = await scan(...words);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.lastLine).toContain(name);
    expect(run.lastLine).toContain(`[${code}]`);
  });
});

describe('folders', () => {
  it('are scanned like images, without a digest', async () => {
    const root = join(folder, 'root');
    for (const { path, content } of [...cases[0].entries('1.9.3-1'), npmPackage('get-func-name', '2.0.0')]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const run = await scan(`dir:${root}`, '--format', 'json');
    expect(run.code).toBe(1);
    expect(
      findingsOf(run)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['CVE-2021-3520', 'CVE-2023-43646']);
    expect(JSON.parse(run.stdout)).toMatchObject({ fileSystem: { path: root } });
  });
});

describe('a layout of several platforms', () => {
  const layout = async () => {
    const amd64 = ociImage([makeTar([npmPackage('get-func-name', '2.0.0')])], { architecture: 'amd64' });
    const arm64 = ociImage([makeTar([npmPackage('get-func-name', '2.0.1')])], { architecture: 'arm64' });
    const attestation = ociImage([makeTar([file('sbom.json', '{}')])], { architecture: 'unknown', os: 'unknown' });
    const reported = {
      ...attestation.descriptor,
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const path = join(folder, 'platforms');
    await writeLayout(path, ociLayout([amd64, { ...attestation, descriptor: reported }, arm64]));
    return { target: `oci:${path}`, amd64: amd64.digest, arm64: arm64.digest };
  };

  it('gives the platform that is asked for, never an attestation', async () => {
    const { target, amd64, arm64 } = await layout();
    const first = await scan(target, '--platform', 'linux/amd64', '--format', 'json');
    expect([first.code, JSON.parse(first.stdout).image.digest]).toEqual([1, amd64]);
    const second = await scan(target, '--platform', 'linux/arm64', '--format', 'json');
    expect([second.code, JSON.parse(second.stdout).image.digest]).toEqual([0, arm64]);
    const none = await scan(target, '--platform', 'linux/s390x');
    expect([none.code, none.lastLine]).toEqual([2, expect.stringContaining('[platform-not-found]')]);
    expect(none.stderr).toContain('linux/arm64');
    expect(none.stderr).not.toContain('unknown/unknown');
  });
});

describe('what cannot be judged', () => {
  it('is a distribution that no feed speaks for', async () => {
    const entries = [osRelease('plamo', '8.2'), dpkgStatus([{ name: 'bash', version: '5.2-1' }])];
    const run = await scan(archive('plamo', entries), '--format', 'json');
    const result = JSON.parse(run.stdout);
    expect(result.faults.map(({ code }: { code: string }) => code)).toContain('no-advisory-data');
    expect([run.code, run.lastLine]).toEqual([3, expect.stringMatching(/^cannot-judge: .*plamo/)]);
  });

  it('is packages of an operating system that does not say its name', async () => {
    const run = await scan(archive('nameless', [dpkgStatus([{ name: 'bash', version: '5.2-1' }])]), '--format', 'json');
    expect(JSON.parse(run.stdout).faults.map(({ code }: { code: string }) => code)).toContain('unknown-distribution');
    expect(run.code).toBe(3);
  });
});
