import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Keeps what a long lab or bench printed as `bench/results/DATE-NAME.txt`, behind the commit and the machine. */
export function keepResult(name: string, printed: string): void {
  const folder = join(root, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const now = new Date().toISOString();
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${gigabytes} GB, Linux ${release()}`;
  const head = `${name} of ${now}\ncommit ${commitOf(root)}\n${machine}\n\n`;
  writeFileSync(join(folder, `${now.slice(0, 10)}-${name}.txt`), head + printed);
}

/** The commit of a checkout, and whether files differ from it: `unknown` without git or without history. */
export function commitOf(folder: string): string {
  const git = (...words: readonly string[]) => spawnSync('git', ['-C', folder, ...words], { encoding: 'utf8' });
  const { status, stdout } = git('rev-parse', '--short', 'HEAD');
  if (status !== 0) return 'unknown';
  return `${stdout.trim()}${git('status', '--porcelain').stdout === '' ? '' : ' with changes'}`;
}
