import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { cacheFolder, stateFolder } from '#base/index.ts';
import { runningConsole } from '#apps/console/instance.ts';

/**
 * `npm run clean [-- --yes]`: names what `npm start` and `npm run demo` wrote, outside the checkout and in it, asks once,
 * and removes it; `node_modules` stays.
 */

const { values } = parseArgs({
  options: {
    yes: { type: 'boolean', default: false },
    /** For tests. */
    checkout: { type: 'string', default: join(import.meta.dirname, '..') },
  },
});
const root = values.checkout;
const uid = process.getuid?.() ?? -1;
const state = stateFolder(process.env, uid);
const running = runningConsole(state);

if (running !== undefined) {
  console.error(`A console runs here (process ${running.pid}). Stop it with Ctrl-C, then run \`npm run clean\` again.`);
  process.exitCode = 2;
} else {
  const there = [state, cacheFolder(process.env, uid), join(root, 'dist'), join(root, '.cache')].filter(existsSync);
  for (const folder of there) console.log(`${folder} (${(sizeOf(folder) / 1024 ** 2).toFixed(1)} MB)`);
  if (there.length === 0) console.log('There is nothing to remove.');
  else if (await isAgreed()) for (const folder of there) remove(folder);
  else console.log('Nothing was removed.');
}

/** Once, in words that name what cannot be made again. A program that runs it says `--yes`. */
async function isAgreed(): Promise<boolean> {
  if (values.yes) return true;
  if (existsSync(state))
    console.log(`${state} holds the database, the keys and the audit trail: they cannot be restored.`);
  if (process.stdin.isTTY !== true) {
    console.error('Run `npm run clean -- --yes` to remove them without being asked.');
    process.exitCode = 2;
    return false;
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question('Remove them? [y/N] ').finally(() => asking.close());
  return /^y(?:es)?$/i.test(answer.trim());
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  console.log(`removed ${folder}`);
}

function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return found?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
