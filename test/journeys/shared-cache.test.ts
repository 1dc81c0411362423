import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dockerArchive } from '../make/image.ts';
import { dpkgStatus, npmPackage, osRelease } from '../make/packages.ts';
import { file, makeTar } from '../make/tar.ts';
import { until } from './browser.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { childrenOf, repository, runSeawall } from './seawall.ts';

const mostEntries = 1_000_000;
let folder = '';
let archive = '';
let vulnerabilities = '';
let full: FullDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-shared-'));
  archive = join(folder, 'image.tar');
  vulnerabilities = join(folder, 'vulnerability.db');
  full = await fullDatabase();
  copyFileSync(full.path, vulnerabilities);
  writeFileSync(archive, dockerArchive(layers()).bytes);
  mkdirSync(join(folder, 'tmp'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Four layers, which take a while to read. */
function layers(): readonly Uint8Array[] {
  const system = makeTar([
    osRelease('debian', '13'),
    dpkgStatus([{ name: 'liblz4-1', version: '1.9.3-1', source: 'lz4' }]),
  ]);
  const more = [1, 2, 3].map((layer) =>
    makeTar(
      Array.from({ length: 1500 }, (_, at) => npmPackage(`part-${layer}-${at}`, '1.0.0')).concat(
        file(`srv/${layer}`, 'x'.repeat(5_000_000)),
      ),
    ),
  );
  return [system, ...more];
}

/** Each cache is another user's. Results depend on limits, so that `entries` tells which of them a scan may find there. */
function wordsOf(entries: number): readonly string[] {
  return ['scan', `archive:${archive}`, '--db', vulnerabilities, '--format', 'json', '--max-entries', `${entries}`];
}

function environment(cache: string): Record<string, string> {
  return { ...full.env, XDG_CACHE_HOME: join(folder, cache), TMPDIR: join(folder, 'tmp') };
}

async function scan(cache: string, entries = mostEntries, ...words: readonly string[]) {
  const run = await runSeawall([...wordsOf(entries), ...words], { env: environment(cache) });
  expect(run.code, run.stderr).toBe(1);
  return shown(run.stdout);
}

function shown(text: string) {
  const { image, database, packages, findings, faults, verdict } = JSON.parse(text);
  const hashed: readonly string[] = [image.hashed, database.hashed];
  return { hashed, answer: { packages, findings, faults, kind: verdict.kind as string } };
}

/** Files of a cache that a scan leaves whenever it runs; of what did not change, later ones keep hashes and the whole scan. */
function filesIn(cache: string): readonly string[] {
  const entries = readdirSync(join(folder, cache), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const paths = files.map((file) => relative(join(folder, cache, 'seawall'), file));
  return paths.filter((path) => !/^(?:digests|scans)\//.test(path)).sort();
}

describe('a cache', () => {
  test('serves two scans at once, and each answers as one alone', async () => {
    const [first, second] = await Promise.all([scan('both'), scan('both')]);
    const alone = await scan('alone');
    expect(alone.answer.packages).toHaveLength(4501);
    expect(alone.answer.findings).not.toEqual([]);
    expect(first?.answer).toEqual(alone.answer);
    expect(second?.answer).toEqual(alone.answer);
    expect((await scan('both')).answer).toEqual(alone.answer);
    expect(filesIn('both')).toEqual(filesIn('alone'));
  }, 300_000);

  test('is whole after scans were killed at any moment, and what they left is gone after the next', async () => {
    const started = performance.now();
    const { answer } = await scan('killed');
    const whole = performance.now() - started;
    const isLayer = (path: string): boolean => path.startsWith('layers/');
    const files = filesIn('killed');
    const left = join(folder, 'killed/seawall/unfinished', `${spawnSync('true').pid}-0123456789ab`);
    writeFileSync(left, 'half of a result');
    for (let round = 1; round <= 4; round += 1) {
      for (let kill = 0; kill < 5; kill += 1) await killScan(mostEntries + round, Math.random() * whole);
      const next = await scan('killed', mostEntries + round);
      expect(next.answer, `after round ${round}`).toEqual(answer);
    }
    expect(filesIn('killed').filter(isLayer)).toHaveLength(5 * files.filter(isLayer).length);
    expect(filesIn('killed').filter((path) => !isLayer(path))).toEqual(files.filter((path) => !isLayer(path)));
    expect(readdirSync(join(folder, 'killed/seawall/unfinished'))).toEqual([]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  }, 600_000);

  test('keeps the hashes of an archive and a database that did not change for a minute', async () => {
    const isTrusted = [0xef53, 0x58465342, 0x9123683e, 0xf2f52010].includes(statfsSync(folder).type);
    const before = isTrusted ? 'before' : 'now';
    await wait(Math.max(0, ...[archive, vulnerabilities].map((path) => statSync(path).ctimeMs + 61_000 - Date.now())));
    expect((await scan('aged')).hashed, 'the layers are read').toEqual(['now', 'now']);
    expect((await scan('aged')).hashed, 'they are hashed').toEqual(['now', before]);
    expect((await scan('aged')).hashed).toEqual([before, before]);
    expect((await scan('aged', mostEntries, '--verify')).hashed).toEqual(['now', 'now']);
    expect((await scan('aged', mostEntries, '--no-cache')).hashed).toEqual(['now', 'now']);

    const { atime, mtime } = statSync(archive);
    const descriptor = openSync(archive, 'r+');
    writeSync(descriptor, 'y', readFileSync(archive).indexOf('xxxxxxxx'));
    closeSync(descriptor);
    utimesSync(archive, atime, mtime);
    const run = await runSeawall(wordsOf(mostEntries), { env: environment('aged') });
    expect(run.code, run.stderr).toBe(3);
    const damaged = shown(run.stdout);
    expect(damaged.hashed).toEqual(['now', before]);
    expect(damaged.answer.faults).toMatchObject([{ code: 'corrupt-archive', layer: 1 }]);
  }, 300_000);
});

/** Kills a scan after so many milliseconds, unless it ended before; all that it started ends too. */
async function killScan(entries: number, after: number): Promise<void> {
  const child = spawn(join(repository, 'bin/seawall'), [...wordsOf(entries)], {
    env: { ...process.env, ...environment('killed') },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await wait(after);
  const started = child.exitCode === null ? childrenOf(child.pid) : [];
  child.kill('SIGKILL');
  await ended;
  await until(async () => started.every((pid) => !existsSync(`/proc/${pid}`)));
}
