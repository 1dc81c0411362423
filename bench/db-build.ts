/**
 * Time and memory of `db build` over all dumps of a feed folder, as a process of its own, beside what any program in
 * this runtime must at least do: unpack every entry and parse its JSON, and store nothing. Then opening the database
 * with its signature checked and looking up 1,000 packages, beside `sha256sum` of the file.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { unzipSync } from 'fflate';
import {
  buildDatabase,
  findFeeds,
  localSigningKey,
  openDatabase,
  readTrustedKeys,
} from '../src/vulnerability/index.ts';

const feeds = findFeeds(process.env, join(import.meta.dirname, '..'));
const [step, file = '', keys = ''] = process.argv.slice(2);

if (feeds === undefined) throw new Error('Name a folder of feeds with SEAWALL_FEEDS.');
switch (step) {
  case undefined:
    measure();
    break;
  case 'build':
    await buildDatabase({ feeds, out: file, clock: () => new Date(), signingKey: localSigningKey(keys) });
    report({ megabytes: process.resourceUsage().maxRSS / 1024 });
    break;
  case 'parse':
    parseAll(feeds);
    break;
  case 'open':
    report({ milliseconds: openAndLookUp(file, keys) });
    break;
  default:
    throw new Error(`There is no step ${step}.`);
}

function measure(): void {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
  const database = join(folder, 'vulnerability.db');
  try {
    const runs = [1, 2, 3].map(() => run('build', [database, join(folder, 'keys')]));
    const ours = Math.min(...runs.map(({ seconds }) => seconds));
    const memory = Math.max(...runs.map(({ said }) => said.megabytes ?? 0));
    const peer = Math.min(...[1, 2, 3].map(() => run('parse', []).seconds));
    const size = statSync(database).size / 1e6;
    console.log(
      `db-build ours=${ours.toFixed(2)}s rss=${memory.toFixed(0)}MB size=${size.toFixed(1)}MB peer=${peer.toFixed(2)}s ratio=${(ours / peer).toFixed(2)}`,
    );
    const opened = Math.min(
      ...[1, 2, 3, 4, 5].map(() => run('open', [database, join(folder, 'keys')]).said.milliseconds ?? 0),
    );
    const hashed =
      Math.min(...[1, 2, 3, 4, 5].map(() => secondsOf(() => execFileSync('sha256sum', [database])))) * 1000;
    console.log(
      `db-open ours=${opened.toFixed(0)}ms peer=${hashed.toFixed(0)}ms ratio=${(opened / hashed).toFixed(2)}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Said {
  readonly megabytes?: number;
  readonly milliseconds?: number;
}

function run(name: string, parameters: readonly string[]): { readonly seconds: number; readonly said: Said } {
  let said: Said = {};
  const seconds = secondsOf(() => {
    const child = spawnSync(process.execPath, [import.meta.filename, name, ...parameters], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.status !== 0) throw new Error(`${name} ended with ${child.status}.`);
    said = JSON.parse(child.stdout || '{}');
  });
  return { seconds, said };
}

function report(said: Said): void {
  process.stdout.write(JSON.stringify(said));
}

function secondsOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function parseAll(folder: string): void {
  const decoder = new TextDecoder();
  for (const name of readdirSync(folder)) {
    const zip = join(folder, name, 'all.zip');
    if (!existsSync(zip)) continue;
    for (const content of Object.values(unzipSync(readFileSync(zip)))) JSON.parse(decoder.decode(content));
  }
}

/** Opening and 1,000 packages spread over all ecosystems; which ones is read before the clock starts. */
function openAndLookUp(path: string, folder: string): number {
  const names = new DatabaseSync(path, { readOnly: true });
  const all = names.prepare('SELECT ecosystem, name FROM advisories').all();
  names.close();
  const chosen = all.filter((_, index) => index % Math.floor(all.length / 1000) === 0).slice(0, 1000);
  const trustedKeys = readTrustedKeys({ folder, files: [] });
  return (
    secondsOf(() => {
      const database = openDatabase(path, { trustedKeys, allowUnsigned: false });
      for (const { ecosystem, name } of chosen) database.advisories(String(ecosystem), String(name));
      database.close();
    }) * 1000
  );
}
