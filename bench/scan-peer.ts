/**
 * A scan of an archive by Seawall, laid out as it is installed, and by a real Trivy, on the same advisories: whole processes,
 * pairs whose order alternates, the one in the middle. Seawall always searches for secrets, so the peer does the same work as
 * it does by itself (vulnerabilities and secrets); the lines that end in `-vuln` show a peer that leaves the secrets out.
 * `-net` is less what each side takes for its `--version`. Time is processor time, and wall time beside it, which tells
 * nothing on a busy machine. Needs npm and upx; takes some 20 minutes, of which `SEAWALL_BENCH_ONLY` picks a part by its name.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { feedsFolder, keptDatabase } from '../test/journeys/full-database.ts';
import { debianImage } from '../test/make/debian.ts';
import { authorPeerDatabase } from './peer/advisories.ts';
import { writeJavaIndex } from './peer/java-index.ts';
import { trivyProgram } from './peer/trivy.ts';
import { largeImages, type MadeLayer, millionFiles, writeArchive } from './scan-peer/archives.ts';
import { forgetScans, installProgram } from './scan-peer/installed.ts';
import { type Cost, costOf, pairs, peaksOf, type Program } from './scan-peer/measure.ts';

const families = ['Debian:13', 'npm', 'Maven'];
const count = 5;
const memoryLimit = 200;
const only = process.env['SEAWALL_BENCH_ONLY'] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
try {
  const [trivy, database] = [await trivyProgram(), await keptDatabase('peer', layFeeds)];
  const peerCache = join(folder, 'peer');
  authorPeerDatabase(peerCache, feedsFolder(), families);
  writeJavaIndex(peerCache, feedsFolder());
  const [program, cache] = [await installProgram(join(folder, 'installed')), join(folder, 'cache')];
  const ours = (archive: string): Program => {
    const scan = ['scan', archive, '--db', database.path, '--format', 'json', '--output', join(folder, 'ours.json')];
    return {
      words: [program, ...scan],
      env: { ...database.env, XDG_CACHE_HOME: cache },
      good: [0, 1, 2],
      forget: () => forgetScans(cache),
    };
  };
  const peer = (archive: string, scanners: string): Program => {
    const offline = ['--cache-dir', peerCache, '--skip-db-update', '--skip-java-db-update', '--offline-scan'];
    const what = ['--scanners', scanners, '--list-all-pkgs', '--format', 'json', '--output', join(folder, 'peer.json')];
    return {
      words: [trivy, 'image', '-q', ...offline, ...what, '--input', archive],
      good: [0],
      forget: () => rmSync(join(peerCache, 'fanal'), { recursive: true, force: true }),
    };
  };
  const both = { ours, peer };
  if ('debian'.includes(only)) ofDebian((await debianImage()).archive, both);
  for (const [name, layers] of Object.entries(largeImages)) ofLarge(name, layers, both);
  for (const [name, layers] of Object.entries(millionFiles)) await ofMillion(name, layers, both);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Both {
  ours(archive: string): Program;
  peer(archive: string, scanners: string): Program;
}

/** The feeds of both databases. */
function layFeeds(within: string): string {
  const feeds = join(within, 'feeds');
  mkdirSync(feeds, { recursive: true });
  for (const family of families) symlinkSync(join(feedsFolder(), family), join(feeds, family));
  return feeds;
}

function ofDebian(archive: string, both: Both): void {
  const ours = both.ours(archive);
  const version = ({ words: [command], env }: Program): Program => ({
    words: [command, '--version'],
    ...(env === undefined ? {} : { env }),
    good: [0],
    forget() {},
  });
  for (const [suffix, scanners] of [
    ['', 'vuln,secret'],
    ['-vuln', 'vuln'],
  ] as const) {
    const peer = both.peer(archive, scanners);
    const least = pairs(count, [() => costOf(version(ours)), () => costOf(version(peer))]);
    const cold = pairs(count, [() => coldCost(ours), () => coldCost(peer)]);
    // The first scan after the cold one keeps the whole image, of what that one kept of its layers.
    costOf(ours);
    const warm = pairs(count, [() => costOf(ours), () => costOf(peer)]);
    print(`scan-peer-cold${suffix}`, cold, 0.6);
    print(`scan-peer-cold-net${suffix}`, less(cold, least), 0.6);
    print(`scan-peer-warm${suffix}`, warm, 0.3);
    print(`scan-peer-warm-net${suffix}`, less(warm, least), 0.3);
  }
}

function coldCost(program: Program): Cost {
  program.forget();
  return costOf(program);
}

function less(
  [ours, peer]: readonly [Cost, Cost],
  [ourLeast, peerLeast]: readonly [Cost, Cost],
): readonly [Cost, Cost] {
  const of = (cost: Cost, least: Cost): Cost => ({ wall: cost.wall - least.wall, cpu: cost.cpu - least.cpu });
  return [of(ours, ourLeast), of(peer, peerLeast)];
}

function ofLarge(name: string, layers: readonly MadeLayer[], both: Both): void {
  if (!name.includes(only)) return;
  const archive = join(folder, 'large.tar');
  writeArchive(archive, layers);
  const ours = both.ours(archive);
  for (const [suffix, scanners] of [
    ['', 'vuln,secret'],
    ['-vuln', 'vuln'],
  ] as const) {
    const peer = both.peer(archive, scanners);
    print(`scan-peer-${name}${suffix}`, pairs(3, [() => coldCost(ours), () => coldCost(peer)]), 1);
  }
}

async function ofMillion(name: string, layers: readonly MadeLayer[], both: Both): Promise<void> {
  if (!name.includes(only)) return;
  const archive = join(folder, 'large.tar');
  writeArchive(archive, layers);
  const [ours, peer] = [both.ours(archive), both.peer(archive, 'vuln,secret')];
  ours.forget();
  peer.forget();
  const [own, theirs] = [await peaksOf(ours), await peaksOf(peer)];
  console.log(
    `scan-peer-${name}-memory ours=${own.together}MB (process ${own.own}MB, child ${own.child}MB) peer=${theirs.together}MB limit=${memoryLimit}MB ratio=${(own.together / theirs.together).toFixed(2)}`,
  );
}

function print(name: string, [ours, peer]: readonly [Cost, Cost], limit: number): void {
  const ratio = (part: keyof Cost): string => (ours[part] / peer[part]).toFixed(2);
  const walls = `wall ${ours.wall.toFixed(2)}s to ${peer.wall.toFixed(2)}s ${ratio('wall')}`;
  console.log(
    `${name} ours=${ours.cpu.toFixed(2)}s peer=${peer.cpu.toFixed(2)}s ratio=${ratio('cpu')} (limit ${limit}; ${walls}; load ${loadavg()[0]?.toFixed(1)})`,
  );
}
