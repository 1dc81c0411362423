import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Lab, runLab } from '../test/lab/lab.ts';
import { labFolder, labs } from './lab-names.ts';
import { keepResult } from './results.ts';

/**
 * `npm run lab [NAME [CASE…]] [-- --disarmed --short]`: what a whole lab prints is kept in `bench/results/`. In the short
 * form, which is CI's, cases do fewer tries, and those are left out that a test of CI shows as well.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { disarmed: { type: 'boolean', default: false }, short: { type: 'boolean', default: false } },
});

/**
 * Tries, starts and kills of the short form, starts whose first program is not the image's, stores that a case of gates is
 * tried on, seconds of an hour of learning, files that agents read of the machine, and seconds of what is only looked at.
 * Without protection a try shows enough, and a look ends with what it sees.
 */
const short = {
  SEAWALL_LAB_TRIES: values.disarmed ? '2' : '4',
  SEAWALL_LAB_STARTS: values.disarmed ? '4' : '16',
  SEAWALL_LAB_FIRSTS: values.disarmed ? '2' : '8',
  SEAWALL_LAB_STORES: '1',
  SEAWALL_LAB_STOPS: '1',
  SEAWALL_LAB_KILLS: '3',
  SEAWALL_LAB_REST: '20',
  SEAWALL_LAB_CHURN: '24',
  SEAWALL_LAB_PATIENCE: values.disarmed ? '20' : '2.5',
  SEAWALL_LAB_SIEGE: '8',
  SEAWALL_LAB_BUCKET: '2',
  SEAWALL_LAB_HOST_ENTRIES: '100000',
};
if (values.short) Object.assign(process.env, { ...short, ...process.env });

const [name, ...only] = positionals;
// Whatever still runs of a case that hung does not keep the lab from its end.
if (name === undefined) process.exit((await runAll()) === 0 ? 0 : 1);
else if (labs.includes(name)) process.exit((await run(name, only)) === 0 ? 0 : 1);
else {
  console.error(`usage: npm run lab [${labs.join('|')} [CASE…]] [-- --disarmed --short]`);
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
  const form = values.short ? 'short' : 'long';
  const failed = await runLab(lab, { armed: !values.disarmed, say, print, only: cases, form });
  if (cases.length === 0 && form === 'long') keepResult(`lab-${one}${values.disarmed ? '-disarmed' : ''}`, printed);
  return failed;
}
