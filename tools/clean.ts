import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { cacheFolder, stateFolder } from '#base/index.ts';
import { runningConsole } from '#apps/console/instance.ts';
import { agentProcess } from '#gate/agent/install/units.ts';

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
const folders = [state, cacheFolder(process.env, uid), join(root, 'dist'), join(root, '.cache')];
const problem = inUse() ?? folders.map(tooWide).find((one) => one !== undefined);

if (problem !== undefined) {
  console.error(`${problem}, then run \`npm run clean\` again.`);
  process.exitCode = 2;
} else {
  const there = folders.filter(existsSync);
  for (const folder of there) console.log(`${folder} (${(sizeOf(folder) / 1024 ** 2).toFixed(1)} MB)`);
  if (there.length === 0) console.log('There is nothing to remove.');
  else if (await isAgreed()) for (const folder of there) remove(folder);
  else console.log('Nothing was removed.');
}

/** What works with the state folder now and would lose what it stands on. */
function inUse(): string | undefined {
  const running = runningConsole(state);
  if (running !== undefined) return `A console runs here (process ${running.pid}). Stop it with Ctrl-C`;
  const instances = join(state, 'agent');
  const held = existsSync(instances) ? readdirSync(instances).map((name) => join(instances, name)) : [];
  const [agent] = [state, ...held].flatMap((folder) => agentProcess(folder) ?? []);
  if (agent !== undefined) return `An agent runs here (process ${agent.pid}). Stop it`;
  if (existsSync(join(state, 'gate/install.json')))
    return `The gate of this host is installed, and ${state} holds what it goes by. Run \`seawall gate remove\``;
  return undefined;
}

/** A folder that was named by mistake holds more than what was written here: a home, a checkout, all of the disk. */
function tooWide(folder: string): string | undefined {
  const within = `${resolve(folder)}/`.replace('//', '/');
  const [other] = [homedir(), tmpdir(), root, process.cwd(), '/var/lib', '/var/cache'].filter((one) =>
    `${resolve(one)}/`.startsWith(within),
  );
  return other === undefined ? undefined : `${folder} holds ${other}, so it is not removed. Name another state folder`;
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

/** Links are removed, and what they lead to is not: it does not count. */
function sizeOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return found?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
