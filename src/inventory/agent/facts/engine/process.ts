import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isContainerCgroup } from '../host/processes.ts';
import { readBounded } from './read-bounded.ts';

/** A dockerd process, as /proc tells of it. */
export interface EngineProcess {
  readonly pid: number;
  readonly uid: number;
  readonly words: readonly string[];
  /** When it was started, in milliseconds since 1970; a hundredth of a second exact. */
  readonly started: number;
  /** Variables of its environment that matter here; others are not kept. */
  readonly environment: Readonly<Record<string, string>>;
  /** Inode numbers of its sockets. */
  readonly sockets: ReadonlySet<string>;
}

/** Variables that change settings or where they are looked for. */
const variables = [
  'DOCKER_CERT_PATH',
  'DOCKER_MIN_API_VERSION',
  'HOME',
  'PATH',
  'ROOTLESSKIT_STATE_DIR',
  'XDG_CONFIG_HOME',
];

/** Most processes and files of one process that are looked at. */
const most = 65_536;
const ticksPerSecond = 100;

/** A process by the name that the kernel has for it, at most 15 letters of it. */
export interface RunningProgram {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

export type RunningPrograms = readonly RunningProgram[];

/**
 * The dockerd process that holds a socket open; `undefined` where none is found, or several are. A container in the host's
 * network may have a program of that name which listens at that path in its own files: one outside of containers counts
 * more, and between two nobody can tell which is the engine.
 */
export async function findEngineProcess(
  socket: string,
  running: RunningPrograms,
  proc = '/proc',
): Promise<EngineProcess | undefined> {
  const inodes = await inodesOf(socket, proc);
  const holders: Holder[] = [];
  for (const { pid, parent } of running.filter(({ name }) => name === 'dockerd')) {
    const sockets = await socketsOf(pid, proc);
    if (inodes.some((inode) => sockets.has(inode))) holders.push({ pid, parent, sockets });
  }
  // What an engine is just starting has its name and sockets for a moment.
  const engines = holders.filter(({ parent }) => holders.every(({ pid }) => pid !== parent));
  const outside = engines.filter(({ pid }) => !isContainerCgroup(textOf(join(proc, `${pid}/cgroup`))));
  const [engine, ...others] = outside.length > 0 ? outside : engines;
  if (engine === undefined || others.length > 0) return undefined;
  return await describeProcess(engine.pid, engine.sockets, proc);
}

/** A process that holds the socket open. */
interface Holder extends Pick<RunningProgram, 'pid' | 'parent'> {
  readonly sockets: ReadonlySet<string>;
}

/** Between two turns of others, as many processes are looked at. */
const atOnce = 50;

/** All processes, read in one go: waiting for each of so small files costs more than they do. */
export async function runningPrograms(proc = '/proc'): Promise<RunningPrograms> {
  const found: RunningProgram[] = [];
  for (const [at, pid] of (await processIds(proc)).entries()) {
    if (at % atOnce === 0) await setImmediate();
    const parts = /^\d+ \((.*)\) \S (\d+) /s.exec(textOf(join(proc, `${pid}/stat`)));
    if (parts !== null) found.push({ pid, name: parts[1] ?? '', parent: Number(parts[2]) });
  }
  return found;
}

/** Empty where it has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

async function processIds(proc: string): Promise<readonly number[]> {
  const names = await readdir(proc);
  return names
    .filter((name) => /^\d+$/.test(name))
    .slice(0, most)
    .map(Number);
}

/** A sentence that names files of a process: its number is another one after each start. */
export function withoutNumber(sentence: string): string {
  return sentence.replaceAll(/'[^']*\/(\d+)\/(?=net\/|ns\/|root\/)/g, "'/proc/PID/");
}

async function describeProcess(
  pid: number,
  sockets: ReadonlySet<string>,
  proc: string,
): Promise<EngineProcess | undefined> {
  try {
    const [stat, status, words, environment, uptime] = await Promise.all([
      readFile(join(proc, `${pid}/stat`), 'latin1'),
      readFile(join(proc, `${pid}/status`), 'utf8'),
      readBounded(join(proc, `${pid}/cmdline`), 1024 * 1024),
      readBounded(join(proc, `${pid}/environ`), 1024 * 1024),
      readFile(join(proc, 'uptime'), 'utf8'),
    ]);
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const age = Number(uptime.split(' ')[0]) - ticks / ticksPerSecond;
    return {
      pid,
      uid: Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]),
      words: words.split('\0').slice(0, -1),
      started: Date.now() - age * 1000,
      environment: chosen(environment.split('\0')),
      sockets,
    };
  } catch {
    return undefined;
  }
}

function chosen(lines: readonly string[]): Readonly<Record<string, string>> {
  const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs.filter(([name]) => variables.includes(name)));
}

/** Of sockets that listen at a path, by whatever name they were bound. */
async function inodesOf(socket: string, proc: string): Promise<readonly string[]> {
  const real = await realpath(socket).catch(() => socket);
  const same: string[] = [];
  for (const { inode, path } of await boundSockets(proc)) {
    const isSame = path === real || path === socket || (await realpath(path).catch(() => path)) === real;
    if (isSame) same.push(inode);
  }
  return same;
}

/** Where sockets of a process listen, each path once. */
export async function listeningPaths(inodes: ReadonlySet<string>, proc: string): Promise<readonly string[]> {
  const own = (await boundSockets(proc)).filter(({ inode }) => inodes.has(inode));
  return [...new Set(own.map(({ path }) => path))];
}

interface BoundSocket {
  readonly inode: string;
  readonly path: string;
}

/** Unix sockets that listen. */
async function boundSockets(proc: string): Promise<readonly BoundSocket[]> {
  const table = await readBounded(join(proc, 'net/unix'), 16 * 1024 * 1024).catch(() => '');
  return table.split('\n').flatMap((line) => {
    // Num RefCount Protocol Flags Type St Inode Path; the flag says that it takes calls.
    const parts = /^\S+ \S+ \S+ 00010000 \S+ \S+ +(\d+) (.+)$/.exec(line);
    return parts ? [{ inode: parts[1] ?? '', path: parts[2] ?? '' }] : [];
  });
}

async function socketsOf(pid: number, proc: string): Promise<ReadonlySet<string>> {
  const folder = join(proc, `${pid}/fd`);
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.slice(0, most).map((name) => readlink(join(folder, name)).catch(() => '')));
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}
