import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run bench [NAME]`: runs the scripts under `bench/`; each prints one line `NAME ours=… peer=… ratio=…`. */

const folder = join(import.meta.dirname, '../bench');
const wanted = process.argv.slice(2);
const scripts = readdirSync(folder).filter(
  (name) => name.endsWith('.ts') && (wanted.length === 0 || wanted.includes(name.slice(0, -3))),
);

if (scripts.length === 0) {
  console.error(
    `There is no bench ${wanted.join(', ')}. Names are ${readdirSync(folder)
      .map((name) => name.slice(0, -3))
      .join(', ')}.`,
  );
  process.exitCode = 2;
}
for (const script of scripts) {
  const { status } = spawnSync(process.execPath, [join(folder, script)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
