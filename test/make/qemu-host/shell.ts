import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** What a command in the guest ended with. `code` is 128 + N after signal N, as in a shell. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Written to the command's standard input, which is closed then. */
  readonly input?: string | Readable;
  /** Gets what the command prints on either stream, as it comes. */
  readonly echo?: (text: string) => void;
  /** After so many milliseconds the command is left and the call rejects; 10 minutes where none is named. */
  readonly limit?: number;
}

/** One ssh connection into the guest, over which any number of commands run. */
export interface Shell {
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  close(): void;
}

/** Words as one line that a POSIX shell takes apart into the same words. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

/** A key pair of one guest, in `folder`; returns the public half. */
export function makeKey(folder: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'guest', '-f', join(folder, 'key')]);
  return join(folder, 'key.pub');
}

export interface ConnectOptions {
  /** Milliseconds until the guest must answer. */
  readonly limit: number;
  /** Ports of this machine's loopback that the guest gets on its own. */
  readonly reaches: readonly number[];
}

/** Connects as root through a port of loopback with the key in `folder`. Rejects when the guest does not answer in time. */
export async function connect(folder: string, port: number, { limit, reaches }: ConnectOptions): Promise<Shell> {
  const socket = join(folder, 'ssh');
  const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes'];
  const common = ['-F', 'none', '-i', join(folder, 'key'), '-p', `${port}`, '-S', socket];
  const options = [...common, ...settings.flatMap((setting) => ['-o', setting])];
  const timeout = `ConnectTimeout=${Math.ceil(limit / 1000)}`;
  const back = reaches.flatMap((one) => ['-R', `127.0.0.1:${one}:127.0.0.1:${one}`]);
  const master = spawn('ssh', [...options, '-M', '-N', '-o', timeout, ...back, 'root@127.0.0.1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: string[] = [];
  master.stderr.on('data', (text: Buffer) => errors.push(text.toString()));
  const over = Date.now() + limit;
  while ((await status(spawn('ssh', [...options, '-O', 'check', 'guest'], { stdio: 'ignore' }))) !== 0) {
    if (master.exitCode !== null || Date.now() > over) {
      master.kill();
      throw new Error(`The guest does not answer: ${errors.join('')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return {
    run: (words, settings) => run(spawn('ssh', [...options, 'guest', quoted(words)]), settings),
    close: () => void master.kill(),
  };
}

function run(child: ReturnType<typeof spawn>, { input, echo, limit = 600_000 }: RunOptions = {}): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      echo?.(text);
    });
  }
  child.stdin?.on('error', () => {}); // the command may end without reading it
  if (input instanceof Readable && child.stdin !== null) input.pipe(child.stdin);
  else child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`Not done after ${limit / 1000} s. It printed: ${(texts.stdout + texts.stderr).slice(-2000)}`));
    }, limit);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 255, ...texts });
    });
  });
}

function status(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}
