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
  const head = `${name} of ${now}\ncommit ${commit()}\n${machine}\n\n`;
  writeFileSync(join(folder, `${now.slice(0, 10)}-${name}.txt`), head + printed);
}

function commit(): string {
  const git = (...words: readonly string[]) => spawnSync('git', ['-C', root, ...words], { encoding: 'utf8' }).stdout;
  return `${git('rev-parse', '--short', 'HEAD').trim()}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
}
