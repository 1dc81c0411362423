import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benches } from './bench-names.ts';
import { labs } from './lab-names.ts';

/** `npm run nightly`: every lab whole, with its protections and without them, and every bench. Each keeps its result. */

const steps = [
  ...labs.flatMap((lab) => [
    ['lab.ts', lab],
    ['lab.ts', lab, '--disarmed'],
  ]),
  ...benches.map((bench) => ['bench.ts', bench]),
];

/** The long forms: 300 tries of what CI tries 8 times, 200 starts, 30 kills, an hour of churn. */
const long = {
  SEAWALL_LAB_TRIES: '300',
  SEAWALL_LAB_STARTS: '200',
  SEAWALL_LAB_KILLS: '30',
  SEAWALL_LAB_CHURN: '4000',
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
