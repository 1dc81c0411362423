import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findFeeds } from '#vulnerability/index.ts';
import { madeOnce } from '../make/made-once.ts';
import { repository, runSeawall } from './seawall.ts';

/** A database that `seawall db build` made, and the state folder with the key that signed it. */
export interface FullDatabase {
  readonly path: string;
  /** Variables with which a run trusts it. */
  readonly env: Readonly<Record<string, string>>;
}

/** The database of all feeds, made once. */
export async function fullDatabase(): Promise<FullDatabase> {
  return await keptDatabase('full', feedsFolder);
}

/**
 * A database of some of the feeds, made once for these feeds and this code, under `.cache/journeys`. `feedsIn` lays the
 * feeds out, below the folder that it gets or elsewhere, and answers where.
 */
export async function keptDatabase(name: string, feedsIn: (folder: string) => string): Promise<FullDatabase> {
  const folder = join(repository, '.cache/journeys', `${name}-${fingerprintOf(feedsFolder())}`);
  await madeOnce(folder, async (work) => await make(work, feedsIn(work)));
  return { path: join(folder, 'vulnerability.db'), env: { SEAWALL_STATE: folder } };
}

/** Lays out real feeds of these ecosystems where a console with this state folder builds its database from. */
export function layOutFeeds(state: string, ecosystems: readonly string[]): void {
  const from = feedsFolder();
  const to = join(state, 'feeds');
  mkdirSync(to, { recursive: true });
  for (const name of ecosystems) symlinkSync(join(from, name), join(to, name));
  for (const name of ['kev.json', 'epss.csv.gz', 'cvss.csv.gz']) cpSync(join(from, name), join(to, name));
}

/**
 * Lays out the same feeds with a database that was built of them, and the key that signed it, so that a console has it at
 * its start. The database of a name is made once. Answers its path.
 */
export async function layOutDatabase(state: string, name: string, ecosystems: readonly string[]): Promise<string> {
  layOutFeeds(state, ecosystems);
  const { path } = await keptDatabase(name, (folder) => {
    layOutFeeds(folder, ecosystems);
    return join(folder, 'feeds');
  });
  cpSync(join(dirname(path), 'keys'), join(state, 'keys'), { recursive: true });
  const out = join(state, 'vulnerability.db');
  copyFileSync(path, out);
  return out;
}

/** `SEAWALL_FEEDS`, else the folder beside the checkout. */
export function feedsFolder(): string {
  const feeds = findFeeds(process.env, repository);
  if (feeds === undefined) throw new Error('There is no folder of feeds; name one with SEAWALL_FEEDS.');
  return feeds;
}

async function make(folder: string, feeds: string): Promise<void> {
  const words = ['db', 'build', '--feeds', feeds, '--out', join(folder, 'vulnerability.db')];
  const run = await runSeawall(words, { env: { SEAWALL_STATE: folder } });
  if (run.code !== 0) throw new Error(`db build failed: ${run.stderr}`);
}

/** Names, sizes and times of the feeds, and the code that reads them. */
function fingerprintOf(feeds: string): string {
  const hash = createHash('sha256');
  for (const path of readdirSync(feeds, { recursive: true, encoding: 'utf8' }).sort()) {
    const { size, mtimeMs } = statSync(join(feeds, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  const code = join(repository, 'src/vulnerability');
  for (const path of readdirSync(code, { recursive: true, encoding: 'utf8' }).sort()) {
    if (path.endsWith('.ts') && !path.endsWith('.test.ts')) hash.update(readFileSync(join(code, path)));
  }
  return hash.digest('hex').slice(0, 16);
}
