import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** `npm run dev`: the console from its sources, started again when they change, and the pages with hot reload on port 5173. */

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');
const words = process.argv.slice(2);

const programs = [
  spawn(join(bin, 'node'), ['--watch-path=src', 'src/apps/cli/main.ts', 'console', ...words], {
    cwd: root,
    stdio: 'inherit',
  }),
  spawn(join(bin, 'vite'), ['--config', 'web/vite.config.ts'], { cwd: root, stdio: 'inherit' }),
];
for (const program of programs) program.on('exit', (code) => stopAll(code ?? 0));
process.on('SIGINT', () => undefined);

function stopAll(code: number): void {
  for (const program of programs) program.kill('SIGTERM');
  process.exitCode = code;
}
