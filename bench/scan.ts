/**
 * A whole `seawall scan` of a real Debian image of about 200 MB with the database of all feeds: cold (nothing known of
 * the image) and warm (its layers known), each a process of its own from start to exit code. The peer is what any
 * scanner must at least do with the same file: `sha256sum` and `tar -t` of the whole, and `sha256sum` of the database.
 * A warm scan hashes neither again unless it is told to (`scan-verify`).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullDatabase } from '../test/journeys/full-database.ts';
import { repository, runSeawall } from '../test/journeys/seawall.ts';
import { debianImage } from '../test/make/debian.ts';

const runs = 5;
const memoryLimit = 300;
const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
try {
  const [image, database] = [await debianImage(), await fullDatabase()];
  const cache = join(folder, 'cache');
  const env = { ...database.env, XDG_CACHE_HOME: cache };
  const words = ['scan', image.archive, '--db', database.path, '--output', join(folder, 'result.txt')];
  const scan = (...more: readonly string[]) => {
    const { status, stderr } = spawnSync(join(repository, 'bin/seawall'), [...words, ...more], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    if (status !== 1) throw new Error(`the scan ended with ${status}: ${stderr}`);
  };
  const forget = () => rmSync(cache, { recursive: true, force: true });
  scan();
  const peer = median(() => {
    execFileSync('sha256sum', [image.archive, database.path], { stdio: 'ignore' });
    execFileSync('tar', ['-tf', image.archive], { stdio: 'ignore' });
  });
  print('scan-cold', median(scan, forget), peer);
  print('scan-warm', median(scan), peer);
  print(
    'scan-verify',
    median(() => scan('--verify')),
    peer,
  );
  for (const [name, before] of [
    ['cold', forget],
    ['warm', () => undefined],
  ] as const) {
    before();
    const { peakBytes } = await runSeawall(words, { env });
    const ours = Math.round(peakBytes / 1024 ** 2);
    console.log(`scan-${name}-memory ours=${ours}MB peer=${memoryLimit}MB ratio=${(ours / memoryLimit).toFixed(2)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(name: string, ours: number, peer: number): void {
  console.log(`${name} ours=${ours.toFixed(2)}s peer=${peer.toFixed(2)}s ratio=${(ours / peer).toFixed(2)}`);
}

/** Seconds of the run in the middle. */
function median(work: () => void, before: () => void = () => undefined): number {
  const times = Array.from({ length: runs }, () => {
    before();
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  });
  return times.sort((left, right) => left - right)[Math.floor(runs / 2)] ?? 0;
}
