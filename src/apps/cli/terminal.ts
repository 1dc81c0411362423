import type { Environment } from '#base/index.ts';
import type { Terminal } from './command.ts';

/** The terminal of a process. Colour and progress only where a person looks; `NO_COLOR` and `FORCE_COLOR` are honoured. */
export function processTerminal(process: TerminalProcess): Terminal {
  const { stdout, stderr, env } = process;
  stdout.on('error', ignoreClosedPipe);
  return {
    colour: wantsColour(env, stdout.isTTY === true),
    progress: stderr.isTTY === true && env['TERM'] !== 'dumb',
    columns: stdout.columns ?? 100,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
  };
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'on'> & { readonly isTTY?: boolean; readonly columns?: number };

interface TerminalProcess {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Environment;
}

/** `FORCE_COLOR` wins, `0` and `false` switch off (force-color.org); a `NO_COLOR` that is not empty does too (no-color.org). */
function wantsColour(env: Environment, isTerminal: boolean): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb' && (env['NO_COLOR'] ?? '') === '';
}

/** `seawall … | head` closes the pipe early; that is no fault. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
