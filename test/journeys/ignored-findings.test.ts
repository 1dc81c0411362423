import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerArchive } from '../make/image.ts';
import { dpkgStatus, npmPackage, osRelease } from '../make/packages.ts';
import { makeTar } from '../make/tar.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-ignored-'));
  database = await fullDatabase();
  const entries = [
    osRelease('debian', '13'),
    dpkgStatus([{ name: 'liblz4-1', version: '1.9.3-1', source: 'lz4' }]),
    npmPackage('get-func-name', '2.0.0'),
  ];
  writeFileSync(join(folder, 'app.tar'), dockerArchive([makeTar(entries)], { names: ['team/app:7'] }).bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scan(...words: readonly string[]): Promise<Run> {
  const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') };
  return runSeawall(['scan', 'app.tar', '--db', database.path, ...words], { env, cwd: folder });
}

function write(name: string, content: object | string): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

const vex = (products: readonly string[], vulnerability = 'CVE-2023-43646'): object => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  author: 'Acme',
  timestamp: '2026-01-01T00:00:00Z',
  statements: [{ vulnerability, products, status: 'not_affected', justification: 'component_not_present' }],
});

describe('findings that somebody answers', () => {
  it('fail the scan until all of them are answered, and are shown with the reason', async () => {
    expect((await scan()).lastLine).toMatch(/^fail: 2 findings/);
    const ignore = write('.trivyignore', '# Only local input, Ann\nCVE-2021-3520 exp:2999-01-01\n');
    const one = await scan('--ignore', ignore);
    expect([one.code, one.lastLine]).toEqual([1, expect.stringMatching(/^fail: 1 finding .*CVE-2023-43646/)]);
    expect(one.stdout).toMatch(/Ignored: CVE-2021-3520 in liblz4-1, by \.trivyignore:\s+Only local input, Ann/);

    const image = write('app.openvex.json', vex(['pkg:npm/get-func-name@2.0.0']));
    const both = await scan('--ignore', ignore, '--vex', image, '--format', 'json');
    expect(both.code).toBe(0);
    const { findings, verdict } = JSON.parse(both.stdout);
    expect(verdict.kind).toBe('pass');
    expect(findings.map(({ id, suppressed }: { id: string; suppressed: object }) => ({ id, suppressed }))).toEqual(
      expect.arrayContaining([
        {
          id: 'CVE-2021-3520',
          suppressed: { kind: 'ignored', by: '.trivyignore', reason: 'Only local input, Ann (until 2999-01-01)' },
        },
        {
          id: 'CVE-2023-43646',
          suppressed: {
            kind: 'stated',
            by: 'app.openvex.json, OpenVEX of Acme',
            reason: 'not affected: component not present',
          },
        },
      ]),
    );
  });

  it('count where the document speaks of another image or version, and where an entry ran out', async () => {
    const other = write('other.json', vex(['pkg:oci/other', 'pkg:npm/get-func-name@1.0.0']));
    const old = write('old', 'CVE-2021-3520 exp:2020-01-01\nCVE-1999-1\n');
    const run = await scan('--vex', other, '--ignore', old);
    expect([run.code, run.lastLine]).toEqual([1, expect.stringMatching(/^fail: 2 findings/)]);
    expect(run.stderr).toContain('old: CVE-2021-3520 ran out and counts again.');
    expect(run.stderr).toContain('old: CVE-1999-1 matches no finding.');
  });

  it('are answered of the image as a whole by its name', async () => {
    const run = await scan('--vex', write('image.json', vex(['pkg:oci/app?repository_url=team/app&tag=7'])));
    expect(run.lastLine).toMatch(/^fail: 1 finding/);
  });

  it("are answered by Seawall's own CycloneDX document of another scan", async () => {
    const ignore = write('.seawallignore', 'CVE-2021-3520 # mine\n');
    const answer = write('a.json', vex(['pkg:npm/get-func-name']));
    await scan('--ignore', ignore, '--vex', answer, '--format', 'cyclonedx=app.cdx.json');
    // What was ignored there is accepted by nobody here.
    expect((await scan('--vex', 'app.cdx.json')).lastLine).toMatch(/^fail: 1 finding .*CVE-2021-3520/);
  });

  it.each([
    [['--ignore', 'nothing'], 'nothing cannot be read'],
    [['--vex', 'app.tar'], 'app.tar is no VEX document'],
    [['--vex', '/dev/zero'], '/dev/zero has more than'],
    [['--ignore', '.'], '. cannot be read'],
    [['--ignore', 'x', '--console', 'http://127.0.0.1:1', '--token', 't'], '--ignore does not go with a console'],
  ])('%j answers 2', async (words, named) => {
    const run = await scan(...words);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(named)]);
  });
});
