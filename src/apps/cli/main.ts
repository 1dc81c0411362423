import { enableCompileCache } from 'node:module';
import { basename, join } from 'node:path';
import { inOwnCache } from './own-folder.ts';

/**
 * Only the bundle keeps compiled code, in a checkout beside itself; the sources stay as they are. An installed program lies
 * where its users may write nothing, and root must leave nothing that no package knows of.
 */
const here = import.meta.dirname;
if (basename(here) === 'cli' && import.meta.filename.endsWith('.js')) {
  const isInstalled = process.execPath === join(here, '../../bin/node');
  const folder = isInstalled
    ? inOwnCache(process.env, process.getuid?.() ?? -1, 'compiled')
    : join(here, '.compile-cache');
  if (folder !== undefined) enableCompileCache(folder);
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
