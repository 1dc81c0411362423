import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { createFileMemory } from '#inventory/agent/index.ts';
import { engineProcesses } from './find-runtimes.ts';

/** Debian's package of which an engine's program is, proven by what runs. */
export interface EnginePackage {
  /** `debian:13`. */
  readonly distribution: string;
  readonly name: string;
  readonly version: string;
  /** Of the source package, without rebuilds: what a distribution's security team speaks of. */
  readonly source: { readonly name: string; readonly version: string };
}

/**
 * The package of the Docker engine that listens at this socket: what is loaded has the hash that dpkg installed, so an engine that still
 * runs from before an upgrade is none of it. `undefined` where that cannot be proven.
 */
export async function enginePackage(socket: string): Promise<EnginePackage | undefined> {
  try {
    const inodes = listenersAt(socket);
    const engine = engineProcesses().find(({ program, pid }) => program === 'dockerd' && holdsAny(pid, inodes));
    return engine === undefined ? undefined : await packageOf(engine.pid);
  } catch {
    return undefined;
  }
}

/** What the kernel calls the sockets that are bound to this path: in other mount namespaces there can be others. */
function listenersAt(socket: string): ReadonlySet<string> {
  const place = realpathSync(socket);
  const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
  const bound = lines.flatMap((line) => {
    const [, inode, path] = /^\S+: \S+ \S+ \S+ \S+ \S+ +(\d+) (\/.*)$/.exec(line) ?? [];
    return inode !== undefined && path !== undefined && isPlace(path, place) ? [inode] : [];
  });
  return new Set(bound);
}

function isPlace(path: string, place: string): boolean {
  return basename(path) === basename(place) && existsSync(path) && realpathSync(path) === place;
}

function holdsAny(pid: number, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((fd) => inodes.has(/^socket:\[(\d+)\]$/.exec(linkAt(join(folder, fd)))?.[1] ?? ''));
}

/** Empty where it was closed meanwhile. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/**
 * Whether one version of a package is another or a later one, as dpkg orders them; `undefined`: it cannot say. Answers
 * are kept, because an agent asks the same every minute.
 */
export async function isAtLeast(version: string, other: string): Promise<boolean | undefined> {
  const key = `${version} ${other}`;
  const answer = answers.get(key) ?? (await orderOf(version, other));
  if (answers.size >= mostAnswers) answers.clear();
  if (answer !== undefined) answers.set(key, answer);
  return answer;
}

const answers = new Map<string, boolean>();
const mostAnswers = 1000;

async function orderOf(version: string, other: string): Promise<boolean | undefined> {
  try {
    await run('dpkg', ['--compare-versions', version, 'ge', other]);
    return true;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 1 ? false : undefined;
  }
}

const run = promisify(execFile);

/** What dpkg knows of packages changes with these: its files, and those of an installation that is under way. */
const database = ['/var/lib/dpkg/status', '/var/lib/dpkg/updates', '/var/lib/dpkg/info', '/etc/os-release'];
const memory = createFileMemory();

/** dpkg is asked once for each process, and when what it knows changed: to ask it takes a tenth of a second of work. */
async function packageOf(pid: number): Promise<EnginePackage | undefined> {
  const exe = `/proc/${pid}/exe`;
  return await memory.of(`${pid} ${bornAt(pid)} ${readlinkSync(exe)}`, async () => ({
    value: await askDpkg(pid),
    from: [exe, ...database],
  }));
}

async function askDpkg(pid: number): Promise<EnginePackage | undefined> {
  const program = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  const name = (await ownersOf(program))
    .split('\n')
    .find((line) => line.endsWith(`: ${program}`))
    ?.split(/[:,]/)[0];
  if (name === undefined) return undefined;
  const fields = ['db:Status-Abbrev', 'Version', 'source:Package', 'source:Version'];
  const format = fields.map((field) => `\${${field}}`).join('\t');
  const [shown, sums] = await Promise.all([
    run('dpkg-query', ['--show', '--showformat', format, name]),
    run('dpkg-query', ['--control-show', name, 'md5sums']),
  ]);
  const [status = '', version = '', sourceName = '', sourceVersion = ''] = shown.stdout.split('\t');
  const installed = sums.stdout
    .split('\n')
    .find((line) => line.slice(34) === program.slice(1))
    ?.slice(0, 32);
  if (!status.startsWith('ii') || installed !== (await md5Of(pid))) return undefined;
  return { distribution: distribution(), name, version, source: { name: sourceName, version: sourceVersion } };
}

/** Lines of `PACKAGE: PATH`; none where the file is of no package. */
async function ownersOf(program: string): Promise<string> {
  try {
    return (await run('dpkg-query', ['--search', program])).stdout;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 1) return '';
    throw error;
  }
}

/** Of the program that a process runs, whatever stands at its path by now. Once for each process. */
function md5Of(pid: number): Promise<string> {
  const key = `${pid} ${bornAt(pid)}`;
  const hash = known.get(key) ?? hashOf(`/proc/${pid}/exe`);
  known.clear();
  known.set(key, hash);
  return hash;
}

const known = new Map<string, Promise<string>>();

/** Tells a process from a later one of the same number. */
function bornAt(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('md5');
  for await (const part of createReadStream(file)) hash.update(part as Uint8Array);
  return hash.digest('hex');
}

function distribution(): string {
  const words = readFileSync('/etc/os-release', 'utf8');
  const value = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(words)?.[1] ?? '';
  return `${value('ID')}:${value('VERSION_ID')}`;
}
