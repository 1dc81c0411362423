import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#base/index.ts';

export interface DemoDatabaseOptions {
  /** Folder of the checkout. */
  readonly root: string;
  /** Where it is kept for the next time. */
  readonly cache: string;
  readonly say: (line: string) => void;
}

/**
 * Builds the vulnerability database of the demo from the feeds in `test/feeds`, once for these feeds and this code.
 * Answers the folder of the file and of the key that signed it.
 */
export async function demoDatabase({ root, cache, say }: DemoDatabaseOptions): Promise<string> {
  const feeds = join(root, 'test/feeds');
  const folder = join(cache, fingerprintOf([feeds, join(root, 'src/vulnerability'), join(root, 'src/ecosystems')]));
  const file = join(folder, 'vulnerability.db');
  if (existsSync(file)) return folder;
  say('Building a small vulnerability database from test/feeds, for the first time …');
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true, mode: 0o700 });
  try {
    await build({ root, feeds, work });
    for (const old of readdirSync(cache)) if (join(cache, old) !== work) rmSync(join(cache, old), { recursive: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

interface Build {
  readonly root: string;
  readonly feeds: string;
  readonly work: string;
}

async function build({ root, feeds, work }: Build): Promise<void> {
  const bundled = join(import.meta.dirname, 'seawall.js');
  const program = existsSync(bundled) ? bundled : join(root, 'src/apps/cli/main.ts');
  const words = [program, 'db', 'build', '--feeds', feeds, '--out', join(work, 'vulnerability.db')];
  const env = { ...process.env, SEAWALL_STATE: work, SEAWALL_DB: undefined };
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new AppError('internal', `The demo's database could not be built: ${said.trim()}`);
}

/** Names and contents' sizes and times of everything below these folders. */
function fingerprintOf(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
      const { size, mtimeMs } = statSync(join(folder, path));
      hash.update(`${folder}/${path} ${size} ${mtimeMs}\n`);
    }
  return hash.digest('hex').slice(0, 16);
}
