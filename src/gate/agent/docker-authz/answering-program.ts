import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf } from '#base/index.ts';
import { againAndAgain } from '../again-and-again.ts';
import { type ProgramStatus, pluginServer } from './program-status.ts';

export interface AnsweringOptions {
  /** Where the engine finds the plugin. */
  readonly path: string;
  /** Where the agent answers. */
  readonly socket: string;
  readonly instance: string;
  /** The compiled ledger. */
  readonly ledger: string;
  /** For what the program says. */
  readonly logFile: string;
  /** Where the program may lie. */
  readonly places: readonly string[];
  /** Whether a program that was started here goes on without the agent. */
  readonly ends: 'never' | 'with-agent';
  readonly log: Log;
}

/** The program that stands between engine and agent. */
export interface AnsweringProgram {
  close(): Promise<void>;
}

/** Milliseconds between two looks whether it is still there, and until a new one listens. */
const [look, start] = [2000, 5000];

/**
 * Sees to it that `seawall-authz` serves the engine: takes over one that listens, or starts one, and starts another when it
 * dies. `undefined` where there is no such program. Throws when it cannot be started.
 */
export async function startAnswering(options: AnsweringOptions): Promise<AnsweringProgram | undefined> {
  const { path, places, ends, log } = options;
  const file = places.find((place) => existsSync(place));
  if (file === undefined) return undefined;
  const found = await pluginServer(path);
  let child = isOurs(found, options) ? undefined : await launch(file, options);
  const stop = againAndAgain(look, log, async () => {
    // A socket that is gone was taken away by `gate remove`; one that nobody serves belongs to a program that died.
    if ((await pluginServer(path)) !== 'refused') return;
    log.warn({ path }, 'The program that answers the engine has died and is started again.');
    child = await launch(file, options).catch((error: unknown) => {
      log.error({ file, error: messageOf(error) }, 'The program that answers the engine cannot be started.');
      return undefined;
    });
  });
  return {
    async close() {
      await stop();
      if (ends === 'with-agent') child?.kill('SIGTERM');
    },
  };
}

/** Whether it asks this agent, and is not an older one than what would be started. */
function isOurs(found: Awaited<ReturnType<typeof pluginServer>>, { socket, instance }: AnsweringOptions): boolean {
  if (typeof found === 'string') return false;
  if (found.listens === 'systemd') return true;
  return found.socket === socket && found.instance === instance && !isReplaced(found);
}

/** Its file was replaced by another one since it was started. */
function isReplaced({ pid }: ProgramStatus): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith(' (deleted)');
  } catch {
    return true;
  }
}

/** It listens before it takes the place of what listened there. */
async function launch(file: string, options: AnsweringOptions): Promise<ChildProcess> {
  const { path, socket, instance, ledger, logFile } = options;
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const longest = 1024 ** 2;
  const isLong = (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > longest;
  const output = openSync(logFile, isLong ? 'w' : 'a', 0o600);
  try {
    const words = ['--listen', path, '--agent', socket, '--instance', instance, '--ledger', ledger];
    const child = spawn(file, words, { detached: true, cwd: '/', env: {}, stdio: ['ignore', output, output] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    await listens(child, path);
    return child;
  } finally {
    closeSync(output);
  }
}

async function listens(child: ChildProcess, path: string): Promise<void> {
  for (const until = performance.now() + start; performance.now() < until; await wait(20)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isSocket() === true) {
      const server = await pluginServer(path);
      if (typeof server === 'object' && server.pid === child.pid) return;
    }
  }
  throw new Error(`it does not listen at ${path}; its log says why`);
}

/** Sockets of trials and of starts whose process was killed: an engine would take each for a plugin. */
export function removeStaleSockets(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = /^seawall(?:-trial-(\d+)\.sock|.*\.sock\.(\d+))$/
      .exec(name)
      ?.slice(1)
      .find((one) => one !== undefined);
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true });
  }
}
