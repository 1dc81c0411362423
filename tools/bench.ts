import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benches, benchFolder } from './bench-names.ts';
import { keepResult } from './results.ts';

/**
 * `npm run bench [NAME] [-- OPTION]`: runs the scripts under `bench/` with the options; each prints one line
 * `NAME ours=… peer=… ratio=…`, which is kept in `bench/results/` unless options made the bench another one.
 */

const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith('--'));
const wanted = words.filter((word) => !options.includes(word));
const chosen = benches.filter((name) => wanted.length === 0 || wanted.includes(name));

if (chosen.length === 0) {
  console.error(`There is no bench ${wanted.join(', ')}. Names are ${benches.join(', ')}.`);
  process.exitCode = 2;
}
for (const name of chosen) {
  const { status, stdout } = spawnSync(process.execPath, [join(benchFolder, `${name}.ts`), ...options], {
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  if (status !== 0) process.exitCode = 1;
  else if (options.length === 0) keepResult(`bench-${name}`, stdout);
}
