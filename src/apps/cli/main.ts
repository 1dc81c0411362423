import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '.compile-cache'));

const { runProgram } = await import('./program.ts');
const { commands } = await import('./commands/index.ts');
const { processTerminal } = await import('./terminal.ts');
const { version } = await import('./version.ts');

process.exitCode = await runProgram(process.argv.slice(2), commands, {
  terminal: processTerminal(process),
  env: process.env,
  version,
});
