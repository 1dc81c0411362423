import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benches, benchFolder } from './bench-names.ts';
import { keepResult } from './results.ts';

/**
 * `npm run bench [NAME]`: runs the scripts under `bench/`; each prints one line `NAME ours=… peer=… ratio=…`, which is
 * kept in `bench/results/`.
 */

const wanted = process.argv.slice(2);
const chosen = benches.filter((name) => wanted.length === 0 || wanted.includes(name));

if (chosen.length === 0) {
  console.error(`There is no bench ${wanted.join(', ')}. Names are ${benches.join(', ')}.`);
  process.exitCode = 2;
}
for (const name of chosen) {
  const { status, stdout } = spawnSync(process.execPath, [join(benchFolder, `${name}.ts`)], {
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  if (status === 0) keepResult(`bench-${name}`, stdout);
  else process.exitCode = 1;
}
