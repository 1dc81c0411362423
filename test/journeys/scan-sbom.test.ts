import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cyclonedxProblems } from '../../src/apps/cli/formats/cyclonedx/testing.ts';
import { gitlabProblems } from '../../src/apps/cli/formats/gitlab/testing.ts';
import { spdxProblems } from '../../src/apps/cli/formats/spdx/testing.ts';
import { trivyProblems } from '../../src/apps/cli/formats/trivy/testing.ts';
import { dockerArchive } from '../make/image.ts';
import { apkInstalled, dpkgStatus, mavenJar, npmPackage, osRelease, rpmDatabase } from '../make/packages.ts';
import { makeTar, type TarEntry } from '../make/tar.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-bills-'));
  database = await fullDatabase();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: readonly string[]): Promise<Run> {
  return runSeawall(words, { env: { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') }, cwd: folder });
}

/** What two scans must agree on. */
function answerOf({ stdout }: Run) {
  const { findings, packages, distribution } = JSON.parse(stdout);
  return {
    findings: findings.map((one: object) => ({ ...one, layer: 0, path: '' })),
    packages: packages.map(({ purl }: { readonly purl: string }) => purl),
    release: [distribution?.id, distribution?.version],
  };
}

/** An image of each kind of packages with findings; sources and epochs stand nowhere else than in their databases. */
const images: readonly (readonly [string, readonly TarEntry[]])[] = [
  [
    'Debian with npm and Maven',
    [
      osRelease('debian', '13'),
      dpkgStatus([{ name: 'liblz4-1', version: '1.9.3-1', source: 'lz4' }]),
      npmPackage('get-func-name', '2.0.0'),
      mavenJar('app/lib/uimaj.jar', { group: 'org.apache.uima', artifact: 'uimaj-cpe', version: '3.4.1' }),
    ],
  ],
  ['Alpine', [osRelease('alpine', '3.20.3'), apkInstalled([{ name: 'libbz2', version: '1.0.6-r6', origin: 'bzip2' }])]],
  ['AlmaLinux', [osRelease('almalinux', '9.0'), rpmDatabase([{ name: 'xz-libs', version: '5.2.5-7.el9_0' }])]],
];

describe.each(images)('%s', (name, entries) => {
  it.each(['cyclonedx', 'cyclonedx-1.7', 'spdx'])('its bill as %s has the same findings', async (format) => {
    const image = join(folder, `${name}.tar`);
    writeFileSync(image, dockerArchive([makeTar(entries)]).bytes);
    const bill = join(folder, `${name}.${format}`);
    expect((await run('sbom', image, '--format', format, '--output', bill)).code).toBe(0);
    const [scanned, read] = [
      await run('scan', image, '--db', database.path, '--format', 'json'),
      await run('scan', `sbom:${bill}`, '--db', database.path, '--format', 'json'),
    ];
    expect(answerOf(scanned).findings.length).toBeGreaterThan(0);
    expect(answerOf(read)).toEqual(answerOf(scanned));
    // Of the image checks are told as well, which look at more than packages.
    expect([read.code, scanned.lastLine.startsWith(read.lastLine)]).toEqual([scanned.code, true]);
    expect(JSON.parse(read.stdout).faults.filter(({ code }: { code: string }) => code !== 'unnamed-source')).toEqual(
      [],
    );
  });
});

const formats: readonly (readonly [string, (document: unknown) => readonly unknown[]])[] = [
  ['cyclonedx', cyclonedxProblems],
  ['cyclonedx-1.7', cyclonedxProblems],
  ['spdx', spdxProblems],
  ['gitlab', gitlabProblems],
  ['trivy', trivyProblems],
];

it.each(images)('%s: each format of its scan has the form that its readers expect', async (name, entries) => {
  const image = join(folder, `${name} scanned.tar`);
  writeFileSync(image, dockerArchive([makeTar(entries)]).bytes);
  const files = formats.map(([id, problems]) => ({ id, problems, file: join(folder, `${name}.${id}.json`) }));
  const { code } = await run(
    'scan',
    image,
    '--db',
    database.path,
    ...files.flatMap(({ id, file }) => ['--format', `${id}=${file}`]),
  );
  expect(code).toBe(1);
  for (const { id, problems, file } of files) {
    const text = readFileSync(file, 'utf8');
    expect.soft(problems(JSON.parse(text)), id).toEqual([]);
    expect.soft(text, id).toMatch(/CVE-20\d\d-\d+/);
  }
});

describe('a bill of materials as a target', () => {
  it('that tells too little cannot be judged', async () => {
    const bill = join(folder, 'incomplete.json');
    const compositions = [{ aggregate: 'incomplete' }];
    const components = [{ type: 'library', name: 'a', purl: 'pkg:npm/a@1.0.0' }];
    writeFileSync(bill, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components, compositions }));
    const { code, lastLine } = await run('scan', `sbom:${bill}`, '--db', database.path);
    expect([code, lastLine]).toEqual([3, expect.stringContaining('cannot-judge')]);
  });

  beforeAll(() => execFileSync('mkfifo', [join(folder, 'pipe')]));

  it.each([
    ['sbom:nothing.json', 'nothing.json cannot be opened'],
    ['sbom:.', 'no file'],
    ['sbom:', 'names nothing'],
    ['sbom:/dev/zero', 'no file'],
    ['sbom:pipe', 'no file'],
  ])('%s answers 2 and says why', async (target, named) => {
    const { code, stdout, stderr } = await run('scan', target);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(named)]);
  });

  it('is judged here, and published nowhere', async () => {
    const { code, stderr } = await run('scan', 'sbom:x.json', '--console', 'http://127.0.0.1:1', '--token', 't');
    expect([code, stderr]).toEqual([2, expect.stringContaining('bill of materials')]);
    expect(existsSync(join(folder, 'x.json'))).toBe(false);
  });
});
