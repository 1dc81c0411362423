import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benches } from './bench-names.ts';
import { labs } from './lab-names.ts';

/**
 * `npm run nightly`: every lab whole, with its protections and without them, and every bench; each keeps its result. Then
 * what reads files gets 100,000 damaged ones of each kind.
 */

const steps = [
  ...labs.flatMap((lab) => [
    ['lab.ts', lab],
    ['lab.ts', lab, '--disarmed'],
  ]),
  ...benches.map((bench) => ['bench.ts', bench]),
  ['../node_modules/vitest/vitest.mjs', 'run', '--project', 'parts', '--testNamePattern', 'damaged'],
];

/** The long forms: 300 tries of what CI tries 8 times, 200 starts, 30 kills, an hour of churn, 100,000 damaged files. */
const long = {
  SEAWALL_LAB_TRIES: '300',
  SEAWALL_LAB_STARTS: '200',
  SEAWALL_LAB_FIRSTS: '200',
  SEAWALL_LAB_KILLS: '30',
  SEAWALL_LAB_CHURN: '4000',
  SEAWALL_DAMAGE_TRIES: '100000',
};

const failed = steps.filter(([tool = '', ...words]) => {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, tool), ...words], {
    stdio: 'inherit',
    env: { ...long, ...process.env },
  });
  return run.status !== 0;
});
for (const [tool = '', ...words] of failed) console.error(`Failed: ${tool.slice(0, -3)} ${words.join(' ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
