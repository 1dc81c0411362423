import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const native = join(import.meta.dirname, '../../native');

/** What the guard's trial program prints of an event. Numbers are those of `native/include/wire.h`. */
export interface GuardEvent {
  readonly kind: number;
  readonly cgroup: number;
  readonly verdict?: number;
  readonly origin?: number;
  readonly role?: number;
  /** It may be a copy of the image's own file, and was not compared in time. */
  readonly late?: number;
  readonly code?: number;
  readonly flags?: number;
  readonly path?: string;
  readonly writer?: string;
  readonly argv?: string;
  readonly program?: string;
  readonly sha256?: string;
  readonly md5?: string;
}

export interface GuardCounts {
  readonly permissions: number;
  readonly late: number;
  readonly nsTotal: number;
  readonly marks: number;
  readonly residentKib: number;
}

/** The guard with a fixed policy, as a process of its own. */
export interface GuardTry {
  readonly pid: number;
  readonly events: readonly GuardEvent[];
  /** Sends a command; returns the line that answers it. */
  send(command: string): Promise<string>;
  count(): Promise<GuardCounts>;
  /** The first event that `fits`, when it has come within 5 s. */
  event(fits: (event: GuardEvent) => boolean): Promise<GuardEvent | undefined>;
  forgetEvents(): void;
  stop(): Promise<void>;
}

/** Builds it; true when it can run here: root, a C compiler, fanotify. */
export function buildGuardTry(): boolean {
  const hasTools = ['make', 'cc'].every((tool) => spawnSync(tool, ['--version']).status === 0);
  if (process.getuid?.() !== 0 || !hasTools) return false;
  const { status, stderr } = spawnSync('make', ['-C', join(native, 'test'), 'all'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return true;
}

export function startGuardTry(...words: readonly string[]): Promise<GuardTry> {
  return startWith(process.env, words);
}

/** Starts it so that what the file `fault` names goes wrong (`native/test/guard-fault.c`). */
export function startFaultyGuardTry(fault: string, ...words: readonly string[]): Promise<GuardTry> {
  const shim = join(native, 'build/test/guard-fault.so');
  return startWith({ ...process.env, LD_PRELOAD: shim, GUARD_FAULT: fault }, words);
}

async function startWith(env: NodeJS.ProcessEnv, words: readonly string[]): Promise<GuardTry> {
  const child = spawn(join(native, 'build/test/guard-try'), words, { env });
  const events: GuardEvent[] = [];
  const answers: ((line: string) => void)[] = [];
  const answer = () => new Promise<string>((resolve) => answers.push(resolve));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{"kind"')) events.push(JSON.parse(line));
    else answers.shift()?.(line);
  });
  await answer();
  const send = (command: string) => {
    const answered = answer();
    child.stdin.write(`${command}\n`);
    return answered;
  };
  return {
    pid: child.pid ?? 0,
    events,
    send,
    count: async () => JSON.parse(await send('count')),
    event: (fits) => waitFor(() => events.find(fits)),
    forgetEvents: () => events.splice(0),
    stop: () => stop(child),
  };
}

async function waitFor<T>(find: () => T | undefined): Promise<T | undefined> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

async function stop(child: ChildProcessWithoutNullStreams): Promise<void> {
  child.stdin.end();
  if (child.exitCode === null) await once(child, 'exit');
}
