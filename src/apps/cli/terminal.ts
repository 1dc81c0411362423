import type { Terminal } from './command.ts';

/** The terminal of a process. Colour and progress only where a person looks; `NO_COLOR` and `FORCE_COLOR` are honoured. */
export function processTerminal(process: NodeJS.Process): Terminal {
  process.stdout.on('error', ignoreClosedPipe);
  return {
    colour:
      process.env['FORCE_COLOR'] !== undefined ||
      (process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined),
    progress: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
    columns: process.stdout.columns ?? 100,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
}

/** `seawall … | head` closes the pipe early; that is no fault. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
