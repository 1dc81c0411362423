import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describe as describeBlob, ociImage, ociLayout } from '../../../../test/make/image.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { buildDatabase } from '#vulnerability/index.ts';
import { run } from '../commands/scan.ts';
import { sarifProblems } from '../formats/sarif/testing.ts';
import { sampleResult } from '../formats/testing.ts';
import { recordingTerminal } from '../testing.ts';
import { worstOf } from './platform-results.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-all-platforms-'));
afterAll(() => rmSync(folder, { recursive: true }));

const database = join(folder, 'x.db');
const record = {
  id: 'GHSA-1111-2222-3333',
  modified: '2026-11-24T00:00:00Z',
  aliases: ['CVE-2026-1000'],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left-pad' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] }],
    },
  ],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
};

async function madeDatabase(): Promise<void> {
  const { zipSync, strToU8 } = await import('fflate');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(folder, 'feeds/npm'), { recursive: true });
  writeFileSync(join(folder, 'feeds/npm/all.zip'), zipSync({ 'x.json': strToU8(JSON.stringify(record)) }));
  await buildDatabase({ feeds: join(folder, 'feeds'), out: database, clock: () => new Date() });
}

const module = (version: string) =>
  makeTar([
    file('app/node_modules/left-pad/package.json', JSON.stringify({ name: 'left-pad', version, license: 'MIT' })),
  ]);
const attestation = {
  ...describeBlob('application/vnd.oci.image.manifest.v1+json', Buffer.from('{"schemaVersion":2}')),
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
};
const [clean, vulnerable, other] = [
  ociImage([module('1.3.0')], {}),
  ociImage([module('1.2.0')], { architecture: 'arm64' }),
  ociImage([module('1.3.0')], { architecture: 's390x' }),
];

function archive(name: string, images: Parameters<typeof ociLayout>[0], extra: Parameters<typeof ociLayout>[1] = []) {
  const path = join(folder, `${name}.tar`);
  writeFileSync(path, makeTar([...ociLayout(images, extra)].map(([inner, bytes]) => file(inner, bytes))));
  return path;
}

async function scan(target: string, options: Readonly<Record<string, string | readonly string[] | boolean>> = {}) {
  if (!existsSync(database)) await madeDatabase();
  const terminal = recordingTerminal({ columns: 1000 });
  const code = await run({
    arguments: [target],
    options: { cache: false, db: database, allowUnsignedDb: true, platform: 'all', ...options },
    terminal,
    env: { HOME: folder },
    program: [],
  });
  return { code, ...terminal.said };
}

describe('all platforms of an index', () => {
  test('are scanned each, and the worst decides', async () => {
    const { code, out, err } = await scan(archive('worst', [clean, vulnerable], [attestation]), { format: ['json'] });
    expect(code).toBe(1);
    const { platforms, unscanned, attestations, verdict } = JSON.parse(out);
    expect(platforms.map((one: { image: { platform: string } }) => one.image.platform)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect(platforms.map((one: { findings: unknown[] }) => one.findings.length)).toEqual([0, 1]);
    expect({ unscanned, attestations, verdict }).toEqual({
      unscanned: [],
      attestations: 1,
      verdict: { kind: 'fail' },
    });
    expect(err).toMatch(/^Not scanned, .+ 1\.\npass: linux\/amd64: .+\nfail: linux\/arm64: .+\n$/m);
  });

  test('pass where each passes', async () => {
    expect(await scan(archive('pass', [clean, other]), { format: ['json'] })).toMatchObject({ code: 0 });
  });

  test('cannot be judged where one is named and not there, or is damaged', async () => {
    const gone = await scan(archive('gone', [clean], [other.descriptor]), { format: ['json'] });
    expect(gone).toMatchObject({
      code: 3,
      err: expect.stringMatching(/\ncannot-judge: linux\/s390x was not scanned: .+\n$/),
    });
    expect(JSON.parse(gone.out)).toMatchObject({ platforms: [{}], unscanned: [{ platform: 'linux/s390x' }] });
    const [config] = [...other.blobs.keys()];
    const broken = { ...other, blobs: new Map([...other.blobs].filter(([digest]) => digest !== config)) };
    const damaged = await scan(archive('damaged', [broken, clean]), { format: ['json'] });
    expect(damaged).toMatchObject({
      code: 3,
      err: expect.stringMatching(/\ncannot-judge: linux\/s390x was not scanned: .+\n$/),
    });
    expect(JSON.parse(damaged.out)).toMatchObject({ platforms: [{}], unscanned: [{ platform: 'linux/s390x' }] });
  });

  test('stand in one table, and in runs and suites of their own', async () => {
    const path = archive('formats', [clean, vulnerable], [other.descriptor]);
    const [sarif, junit] = [join(folder, 'x.sarif'), join(folder, 'x.xml')];
    const { out, code } = await scan(path, { format: [`sarif=${sarif}`, `junit=${junit}`] });
    expect(code).toBe(1);
    expect(out).toMatch(/^linux\/amd64\n[^]+^linux\/arm64\n[^]+^linux\/s390x\nCANNOT JUDGE {2}/m);
    const document = JSON.parse(readFileSync(sarif, 'utf8'));
    expect(sarifProblems(document)).toEqual([]);
    const ids = document.runs.map((one: { automationDetails: { id: string } }) => one.automationDetails.id);
    expect(ids.map((id: string) => id.split('/').at(-2))).toEqual(['linux-amd64', 'linux-arm64', 'linux-s390x']);
    const holds = (one: { results: unknown[] }) => JSON.stringify(one.results).includes('CVE-2026-1000');
    expect(document.runs.map(holds)).toEqual([false, true, false]);
    const successful = (one: { invocations: { executionSuccessful: boolean }[] }) =>
      one.invocations[0]?.executionSuccessful;
    expect(document.runs.map(successful)).toEqual([true, true, false]);
    const suites = readFileSync(junit, 'utf8');
    expect(suites.match(/<testsuite name="[^"]+ \(([^)]+)\)"/g)).toHaveLength(3);
    expect(suites).toMatch(/<testsuites name="Seawall" tests="\d+" failures="[1-9]\d*" errors="1">/);
  });

  test('have files of their own where a format holds one image', async () => {
    const path = archive('files', [clean, vulnerable]);
    await scan(path, { format: ['json', `cyclonedx=${join(folder, 'bill.cdx.json')}`] });
    const bills = ['amd64', 'arm64'].map((architecture) => join(folder, `bill.cdx.linux-${architecture}.json`));
    const versions = bills.map((bill) => /left-pad@(1\.\d\.0)/.exec(readFileSync(bill, 'utf8'))?.[1]);
    expect(versions).toEqual(['1.3.0', '1.2.0']);
    await expect(scan(path, { format: ['cyclonedx'] })).rejects.toMatchObject({
      code: 'usage',
      next: expect.stringContaining('--format cyclonedx=FILE'),
    });
  });

  test.each([
    ['a folder', `dir:${folder}`, {}, 'needs an OCI layout'],
    ['an image of the engine', 'app:1', {}, 'needs an OCI layout'],
    ['a baseline', 'x', { baseline: 'x.json' }, '--baseline'],
  ])('are refused for %s', async (...[, target, options, message]) => {
    await expect(scan(target, options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });

  test('are bounded', async () => {
    const many = Array.from({ length: 65 }, (_, at) => ociImage([], { architecture: 'arm', variant: `v${at + 10}` }));
    await expect(scan(archive('many', many))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('65'),
    });
  });
});

test.each([
  [['pass', 'pass'], 0, 'pass'],
  [['pass', 'fail'], 0, 'fail'],
  [['cannot-judge', 'fail'], 1, 'fail'],
  [['pass', 'cannot-judge'], 0, 'cannot-judge'],
  [['pass'], 1, 'cannot-judge'],
  [[], 0, 'cannot-judge'],
] as const)('%j with %i not scanned is %s', (kinds, unscanned, worst) => {
  const { verdict } = sampleResult();
  const results = kinds.map((kind) => sampleResult({ verdict: { ...verdict, kind } }));
  const left = Array.from({ length: unscanned }, () => ({ platform: 'linux/arm64', reason: 'it is damaged' }));
  expect(worstOf({ target: 'x', results, unscanned: left, attestations: 0 })).toBe(worst);
});
