import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeDemoImage } from './demo/image.ts';
import { newest } from './newest.ts';

/** `npm start` and `npm run demo`, after the packages are there: builds what is older than its sources, then runs the console. */

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);

buildPages();
const demo = words.includes('--demo') ? ['--scan', `archive:${writeDemoImage()}`] : [];
runConsole([...words.filter((word) => word !== '--demo'), ...demo]);

function buildPages(): void {
  const page = join(root, 'dist/web/index.html');
  const sources = ['web', 'src', 'package-lock.json'].map((name) => join(root, name));
  if (existsSync(page) && newest(page) >= newest(...sources)) return;
  process.stderr.write('Building the pages …\n');
  const built = spawnSync('npm', ['run', '--silent', 'build:web'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (built.status === 0) return;
  process.stderr.write('seawall: the pages could not be built; see the lines above, then run `npm start` again.\n');
  process.exit(2);
}

/** The console has the terminal: signals reach it first, this process only hands on how it ended. */
function runConsole(args: readonly string[]): void {
  const child = spawn(join(root, 'bin/seawall'), ['console', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 2 : 0)));
}
