import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, stateFolder } from '#base/index.ts';
import { runningConsole } from '#apps/console/instance.ts';

/** `npm run clean`: names and removes what `npm start` wrote, outside the checkout and in it; `node_modules` stays. */

const root = join(import.meta.dirname, '..');
const uid = process.getuid?.() ?? -1;
const state = stateFolder(process.env, uid);
const running = runningConsole(state);

if (running !== undefined) {
  console.error(`A console runs here (process ${running.pid}). Stop it with Ctrl-C, then run \`npm run clean\` again.`);
  process.exitCode = 2;
} else {
  for (const folder of [state, cacheFolder(process.env, uid), join(root, 'dist'), join(root, '.cache')]) remove(folder);
}

function remove(folder: string): void {
  if (!existsSync(folder)) return;
  console.log(`removed ${folder} (${(sizeOf(folder) / 1024 ** 2).toFixed(1)} MB)`);
  rmSync(folder, { recursive: true, force: true });
}

function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return found?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
