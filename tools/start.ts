import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { writeDemoImage } from './demo/image.ts';
import { buildPages } from './build-pages.ts';

/** `npm start` and `npm run demo`, after the packages are there: builds what is older than its sources, then runs the console. */

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);

if (!buildPages()) process.exit(2);
const demo = words.includes('--demo') ? ['--scan', `archive:${writeDemoImage()}`] : [];
runConsole([...words.filter((word) => word !== '--demo'), ...demo]);

/** The console has the terminal: signals reach it first, this process only hands on how it ended. */
function runConsole(args: readonly string[]): void {
  const child = spawn(join(root, 'bin/seawall'), ['console', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 2 : 0)));
}
