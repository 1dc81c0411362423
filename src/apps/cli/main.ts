import { enableCompileCache } from 'node:module';
import { basename, join } from 'node:path';

/** Only the bundle keeps compiled code beside itself; the sources stay as they are. */
if (basename(import.meta.dirname) === 'cli' && import.meta.filename.endsWith('.js')) {
  enableCompileCache(join(import.meta.dirname, '.compile-cache'));
}

const { runProgram } = await import('./program.ts');
const { commands } = await import('./commands/index.ts');
const { processTerminal } = await import('./terminal.ts');
const { version } = await import('./version.ts');

process.exitCode = await runProgram(process.argv.slice(2), commands, {
  terminal: processTerminal(process),
  env: process.env,
  version,
});
