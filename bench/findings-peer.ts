/**
 * Findings of Seawall and of a real Trivy (0.44.1) on the same targets and the same advisories, compared both ways:
 *
 *   node bench/findings-peer.ts [TARGET …]
 *
 * Each finding of the peer that Seawall lacks is printed with the reason, and fails the bench when there is none. What
 * the peer lacks is counted by reason; `.cache/findings-peer/TARGET.txt` lists all rows of both.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedsFolder, fullDatabase } from '../test/journeys/full-database.ts';
import { authorPeerDatabase, familiesIn, type PeerRecord, recordsOf } from './peer/advisories.ts';
import { askPeer, askSeawall, type Target } from './peer/answers.ts';
import { compareAnswers, type Row } from './peer/compare.ts';
import { writeJavaIndex } from './peer/java-index.ts';
import { peerTargets } from './peer/targets.ts';
import { trivyProgram } from './peer/trivy.ts';

const folder = join(import.meta.dirname, '../.cache/findings-peer');
const cache = join(folder, 'peer');
const feeds = feedsFolder();
const wanted = process.argv.slice(2);

rmSync(folder, { recursive: true, force: true });
mkdirSync(cache, { recursive: true });
const peer = { program: await trivyProgram(), cache };
const database = await fullDatabase();
authorPeerDatabase(cache, feeds);
writeJavaIndex(cache, feeds);
const records = new Map<string, PeerRecord>(
  familiesIn(feeds).flatMap((family) => recordsOf(feeds, family).map((record) => [record.id, record] as const)),
);
for (const make of peerTargets(feeds, join(folder, 'targets'))) {
  if (wanted.length === 0 || wanted.some((name) => make.name.startsWith(name))) compare(await make.target());
}

function compare(target: Target): void {
  const ours = askSeawall(target, database, join(folder, 'ours.json'));
  const theirs = askPeer(target, peer, records);
  const { missing, more } = compareAnswers(ours, theirs, records);
  const unexplained = missing.filter(({ reason }) => reason === undefined);
  const rows = [...missing.map(line('missing')), ...more.map(line('more'))];
  writeFileSync(join(folder, `${target.name}.txt`), `${rows.join('\n')}\n`);
  for (const row of unexplained) console.log(line('missing')(row));
  for (const [reason, count] of counted(missing)) console.log(`  missing ${count}: ${reason}`);
  for (const [reason, count] of counted(more)) console.log(`  more ${count}: ${reason}`);
  const counts = `ours=${ours.said.length} peer=${theirs.said.length}`;
  console.log(`findings-peer-${target.name} ${counts} missing=${unexplained.length} more=${more.length}`);
  if (unexplained.length > 0) process.exitCode = 1;
}

function line(side: string): (row: Row) => string {
  return ({ said, reason = 'NOT EXPLAINED' }) =>
    `  ${side} ${said.type} ${said.name} ${said.version} ${said.ids.slice(0, 3).join(' ')}: ${reason}`;
}

function counted(rows: readonly Row[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { reason } of rows) {
    // A reason names packages and versions; those of one kind are counted together.
    const kind = reason?.replace(/[:,].*/, '').replace(/ in \S+ \S+$/, '');
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
