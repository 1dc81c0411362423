import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedsFolder, type FullDatabase, keptDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-unlocked-'));
  database = await keptDatabase('npm', (work) => {
    mkdirSync(join(work, 'feeds'));
    symlinkSync(join(feedsFolder(), 'npm'), join(work, 'feeds/npm'));
    return join(work, 'feeds');
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Scans a folder of these files. */
function scan(name: string, files: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Run> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, dirname(path)), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  }
  const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') };
  return runSeawall(['scan', `./${name}`, '--db', database.path, ...words], { env, cwd: folder });
}

const manifest = JSON.stringify({ name: 'shop', version: '1.0.0', dependencies: { 'is-number': '^7.0.0' } });
const lockOf = (name: string, version: string): string =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': {}, [`node_modules/${name}`]: { version } } });
const command = 'npm install --package-lock-only';

test('a manifest without a lock file is no clean result, in any format', async () => {
  const files = { 'package.json': manifest };
  const shown = await scan('alone', files);
  expect([shown.code, shown.lastLine]).toEqual([3, expect.stringMatching(/^cannot-judge: Not judged: package.json /)]);
  expect(shown.stdout).toContain('Not judged: 1');
  expect(shown.stdout).toContain('unlocked-manifest');
  expect(shown.stdout.replaceAll(/\s+/g, ' ')).toContain(command);

  const json = await scan('alone', files, '--format', 'json');
  expect([json.code, JSON.parse(json.stdout)]).toEqual([
    3,
    expect.objectContaining({
      findings: [],
      faults: [expect.objectContaining({ code: 'unlocked-manifest', path: 'package.json' })],
      verdict: expect.objectContaining({ kind: 'cannot-judge' }),
    }),
  ]);

  const junit = await scan('alone', files, '--format', 'junit');
  expect([junit.code, junit.stdout]).toEqual([
    3,
    expect.stringMatching(/<error [^>]*type="not-judged">unlocked-manifest: package.json /),
  ]);
  expect(junit.stdout).toContain(command);

  const sarif = await scan('alone', files, '--format', 'sarif');
  expect([sarif.code, sarif.stdout]).toEqual([3, expect.stringContaining('unlocked-manifest')]);
  expect(sarif.stdout).toContain(command);
});

test('the lock file that the line asks for answers', async () => {
  const run = await scan('locked', { 'package.json': manifest, 'package-lock.json': lockOf('is-number', '7.0.0') });
  expect([run.code, run.lastLine]).toEqual([0, expect.stringMatching(/^pass: /)]);
});

test('an application that asks for nothing is judged', async () => {
  const run = await scan('nothing', { 'package.json': '{"name":"shop","version":"1.0.0"}' });
  expect([run.code, run.lastLine]).toEqual([0, expect.stringMatching(/^pass: /)]);
});

test('what is found beside it fails all the same', async () => {
  const files = { 'one/package-lock.json': lockOf('get-func-name', '2.0.0'), 'two/package.json': manifest };
  const run = await scan('mixed', files);
  expect([run.code, run.stdout]).toEqual([1, expect.stringContaining('unlocked-manifest')]);
});
