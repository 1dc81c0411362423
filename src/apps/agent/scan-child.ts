import { spawn } from 'node:child_process';
import { AppError, type Environment, errorCatalogue, type ErrorCode, messageOf, parseJsonWithin } from '#base/index.ts';
import { ScanPublication } from '#catalog/contract.ts';

/** A scan in a process of its own: its memory goes with it, and what it runs into ends no agent. */
export interface ChildScan {
  /** Words of the command that writes a publication. */
  readonly words: readonly string[];
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Bytes of the longest publication that is taken; the limit of the console's own unless said. */
  readonly longest?: number;
}

/** Longest publication that is taken, the limit of the console's own. */
const usualLongest = 64 * 1024 * 1024;
/** A package of a publication has some 50 values, a file of it one. */
const publicationLimits = { tokens: 20_000_000, depth: 100 };

/** Runs the same program as this process, bundle or sources. Throws `AppError` with the reason that the child gave. */
export async function scanInChild({ words, env, signal, longest = usualLongest }: ChildScan): Promise<ScanPublication> {
  const program = process.argv[1] ?? '';
  const child = spawn(process.execPath, [program, ...words], { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  try {
    const ended = new Promise<number | string>((resolve) => {
      child.once('error', (error) => resolve(messageOf(error)));
      child.once('close', (code, killed) => resolve(code ?? `it was ended by ${killed ?? 'the system'}`));
    });
    const [output, said, end] = await Promise.all([
      bytesOf(child.stdout, { longest, stop }),
      tailOf(child.stderr),
      ended,
    ]);
    signal.throwIfAborted();
    if (end !== 0 || output === undefined) throw reasonOf(said, end);
    return parse(output, longest);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function bytesOf(
  stream: AsyncIterable<Buffer>,
  { longest, stop }: { readonly longest: number; readonly stop: () => void },
): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length <= longest) parts.push(part);
    else stop();
  }
  return length > longest ? undefined : Buffer.concat(parts);
}

async function tailOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let tail = '';
  for await (const part of stream) tail = (tail + part.toString()).slice(-4000);
  return tail;
}

/** An error ends with `seawall: REASON [CODE]` on its last line. */
function reasonOf(said: string, end: number | string): AppError {
  const last = said.trimEnd().split('\n').at(-1) ?? '';
  const [, reason = '', code = ''] = /^seawall: (.*?)(?: \[([a-z-]+)\])?$/.exec(last) ?? [];
  const why = typeof end === 'string' ? `The scan did not end: ${end}.` : 'The scan ended without a result.';
  return new AppError(isCode(code) ? code : 'internal', reason || why);
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}

function parse(output: Buffer, bytes: number): ScanPublication {
  const read = parseJsonWithin(output, { ...publicationLimits, bytes });
  if (read.kind !== 'read') throw new AppError('internal', `The result of the scan is not read: ${read.why}.`);
  const checked = ScanPublication.safeParse(read.value);
  if (checked.success) return checked.data;
  throw new AppError('internal', 'The scan has a result of another form than is agreed.', { cause: checked.error });
}
