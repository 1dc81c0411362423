import { fstatSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { AppError, type Environment, messageOf } from '#base/index.ts';
import type { Terminal } from './command.ts';
import { reportError } from './report-error.ts';

/** Columns of what goes to a file or pipe. */
const widthWithoutTerminal = 80;

/** The terminal of a process. Colour and progress only where a person looks; `NO_COLOR` and `FORCE_COLOR` are honoured. */
export function processTerminal(process: TerminalProcess): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const asks = stdin?.isTTY === true && stderr.isTTY === true;
  const terminal: Terminal = {
    colour: wantsColour(env, stdout.isTTY === true),
    progress: stderr.isTTY === true && env['TERM'] !== 'dumb',
    columns: stdout.columns ?? widthWithoutTerminal,
    ...seenOf(stdout.isTTY === true, stderr.isTTY === true),
    isOneStream: areOneFile(stdout.fd, stderr.fd),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    ...(asks ? { ask: (question: string) => askYes(question, { input: stdin, output: stderr }) } : {}),
  };
  stdout.on('error', outputLost(process, terminal));
  // There is nowhere else to say it.
  stderr.on('error', () => undefined);
  return terminal;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'on'> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly fd?: number;
};

/** Yes is `y` or `yes`; everything else, and the end of the input, is no. */
async function askYes(question: string, streams: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream }) {
  const lines = createInterface(streams);
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}

interface TerminalProcess {
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Stream;
  readonly stderr: Stream & NodeJS.WritableStream;
  readonly env: Environment;
  exitCode?: string | number | null | undefined;
  once(event: 'exit', callback: (code: number) => void): unknown;
}

function areOneFile(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  try {
    const [first, second] = [fstatSync(one, { bigint: true }), fstatSync(other, { bigint: true })];
    return first.dev === second.dev && first.ino === second.ino;
  } catch {
    return false;
  }
}

function seenOf(output: boolean, errors: boolean): Pick<Terminal, 'seen'> {
  if (output && errors) return { seen: 'both' };
  if (output) return { seen: 'output' };
  return errors ? { seen: 'errors' } : {};
}

/** `FORCE_COLOR` wins, `0` and `false` switch off (force-color.org); a `NO_COLOR` that is not empty does too (no-color.org). */
function wantsColour(env: Environment, isTerminal: boolean): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb' && (env['NO_COLOR'] ?? '') === '';
}

/**
 * `seawall … | head` closes the pipe early; that is no fault. Otherwise it is said once, and the command fails when it has
 * done the rest; a console goes on.
 */
function outputLost(process: TerminalProcess, terminal: Terminal): (error: NodeJS.ErrnoException) => void {
  let isSaid = false;
  return (error) => {
    if (error.code === 'EPIPE' || isSaid) return;
    isSaid = true;
    const next = 'Make room, or write it elsewhere.';
    const failed = reportError(
      new AppError('output-unwritable', `The output cannot be written: ${messageOf(error)}.`, { next }),
      terminal,
    );
    process.once('exit', (code) => {
      process.exitCode = code === 0 ? failed : code;
    });
  };
}
