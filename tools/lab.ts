import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Lab, runLab } from '../test/lab/lab.ts';
import { labFolder, labs } from './lab-names.ts';
import { keepResult } from './results.ts';

/** `npm run lab [NAME [CASE…]] [-- --disarmed]`: what a whole lab prints is kept in `bench/results/`. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { disarmed: { type: 'boolean', default: false } },
});

const [name, ...only] = positionals;
// Whatever still runs of a case that hung does not keep the lab from its end.
if (name === undefined) process.exit((await runAll()) === 0 ? 0 : 1);
else if (labs.includes(name)) process.exit((await run(name, only)) === 0 ? 0 : 1);
else {
  console.error(`usage: npm run lab [${labs.join('|')} [CASE…]] [-- --disarmed]`);
  process.exitCode = 2;
}

async function runAll(): Promise<number> {
  let failed = 0;
  for (const one of labs) failed += await run(one, []);
  return failed;
}

async function run(one: string, cases: readonly string[]): Promise<number> {
  if (process.getuid?.() !== 0) throw new Error('A lab starts engines of its own and needs root.');
  const { lab } = (await import(join(labFolder, one, 'index.ts'))) as { readonly lab: Lab<unknown> };
  const say = (words: string): void => console.error(`… ${words}`);
  let printed = '';
  const print = (line: string): void => {
    printed += `${line}\n`;
    process.stdout.write(`${line}\n`);
  };
  const failed = await runLab(lab, { armed: !values.disarmed, say, print, only: cases });
  if (cases.length === 0) keepResult(`lab-${one}${values.disarmed ? '-disarmed' : ''}`, printed);
  return failed;
}
