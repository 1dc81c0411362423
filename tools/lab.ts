import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Lab, runLab } from '../test/lab/lab.ts';

const folder = join(import.meta.dirname, '../test/lab');
const known = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'index.ts')))
  .map((entry) => entry.name);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { disarmed: { type: 'boolean', default: false } },
});

const [name, ...only] = positionals;
// Whatever still runs of a case that hung does not keep the lab from its end.
if (name === undefined) process.exit((await runAll()) === 0 ? 0 : 1);
else if (known.includes(name)) process.exit((await run(name, only)) === 0 ? 0 : 1);
else {
  console.error(`usage: npm run lab [${known.join('|')} [CASE…]] [-- --disarmed]`);
  process.exitCode = 2;
}

async function runAll(): Promise<number> {
  let failed = 0;
  for (const one of known) failed += await run(one, []);
  return failed;
}

async function run(one: string, cases: readonly string[]): Promise<number> {
  if (process.getuid?.() !== 0) throw new Error('A lab starts engines of its own and needs root.');
  const { lab } = (await import(join(folder, one, 'index.ts'))) as { readonly lab: Lab<unknown> };
  const say = (words: string): void => console.error(`… ${words}`);
  return await runLab(lab, { armed: !values.disarmed, say, only: cases });
}
