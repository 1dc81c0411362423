import { createInterface } from 'node:readline';
import { openGround } from './ground.ts';
import { trials } from './trials.ts';

/**
 * Runs in the guest: `node guest.ts ARCHIVE armed|disarmed`. Says `{"ready":true}`, then answers each id of a trial that
 * it reads with one line: `{"id", "figures"}` or `{"id", "failure"}`. Ends with its input.
 */
const [archive = '', arms] = process.argv.slice(2);

const answer = (words: object): void => void process.stdout.write(`${JSON.stringify(words)}\n`);

const ground = await openGround(archive, arms === 'armed');
answer({ ready: true });
for await (const id of createInterface({ input: process.stdin })) {
  try {
    answer({ id, figures: await trials.find((one) => one.id === id)?.run(ground) });
  } catch (error) {
    answer({ id, failure: error instanceof Error ? error.message : String(error) });
  }
}
await ground.close();
