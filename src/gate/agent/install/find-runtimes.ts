import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';
import { EngineSettings } from './schema.ts';

/** An engine's process, as far as it tells where its files are. */
export interface EngineProcess {
  readonly pid: number;
  readonly program: string;
  readonly words: readonly string[];
}

/** Programs that start containers with a runtime that they find in their `PATH`. */
const engines = ['dockerd', 'containerd'];
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const usualSettings = '/etc/docker/daemon.json';
const containerdConfig = '/etc/containerd/config.toml';

/** Engines that see the same files as this process: those in containers and other mount namespaces are not of this host. */
export function engineProcesses(): readonly EngineProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => engineProcess(Number(name)));
}

function engineProcess(pid: number): readonly EngineProcess[] {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    const program = basename(words[0] ?? '');
    if (!engines.includes(program) || !isHere(pid)) return [];
    return [{ pid, program, words }];
  } catch {
    return [];
  }
}

/** Whether a process stands on the same file systems as this one. */
export function isHere(pid: number): boolean {
  return readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt');
}

/** The runtime's program, of each engine that runs here and of the usual path: real paths, the Docker engine's first. */
export function findRuntimes(settings: EngineSettings): readonly string[] {
  const paths = [...engineProcesses().toSorted(dockerFirst).map(pathOf), usualPath];
  const found = paths.flatMap((path) => inPath('runc', path));
  const named = [...Object.values(settings.runtimes ?? {}).map(({ path }) => path), ...ofContainerd()];
  const places = named.flatMap((path) =>
    path === undefined ? [] : path.startsWith('/') ? [path] : inPath(path, usualPath),
  );
  return [...new Set([...found, ...places].filter((path) => existsSync(path)).map((path) => realpathSync(path)))];
}

function dockerFirst(a: EngineProcess, b: EngineProcess): number {
  return Number(b.program === 'dockerd') - Number(a.program === 'dockerd');
}

function pathOf({ pid }: EngineProcess): string {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return variables.find((one) => one.startsWith('PATH='))?.slice(5) ?? usualPath;
  } catch {
    return usualPath;
  }
}

/** The first that a path holds, as `execvp` would find it. */
function inPath(program: string, path: string): readonly string[] {
  const first = path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((place) => existsSync(place));
  return first === undefined ? [] : [first];
}

/** Runtimes that containerd's own settings name for Kubernetes. */
function ofContainerd(): readonly string[] {
  if (!existsSync(containerdConfig)) return [];
  const names = readFileSync(containerdConfig, 'utf8').matchAll(/^\s*BinaryName\s*=\s*["']([^"'\n]+)["']/gm);
  return [...names].map(([, name = '']) => name).filter((name) => name !== '');
}

/** Settings file of the Docker engine that serves this socket, as its command line names it. */
export function settingsFileOf(socket: string): string {
  const words = dockerEngine(socket)?.words ?? [];
  const place = words.indexOf('--config-file');
  const joined = words.find((word) => word.startsWith('--config-file='))?.slice('--config-file='.length);
  return joined ?? (place < 0 ? usualSettings : (words[place + 1] ?? usualSettings));
}

/** Lets the engine read its settings again; whether there is one. */
export function reloadEngine(socket: string): boolean {
  const engine = dockerEngine(socket);
  if (engine !== undefined) process.kill(engine.pid, 'SIGHUP');
  return engine !== undefined;
}

/** The one that names the socket; one alone that names none serves the usual socket. */
function dockerEngine(socket: string): EngineProcess | undefined {
  const docker = engineProcesses().filter(({ program }) => program === 'dockerd');
  const real = existsSync(socket) ? realpathSync(socket) : socket;
  const naming = docker.find(({ words }) => words.some((word) => word.endsWith(socket) || word.endsWith(real)));
  const nameless = docker.filter(({ words }) => !words.some((word) => word.includes('unix://')));
  return naming ?? (nameless.length === 1 ? nameless[0] : undefined);
}

/** Text and content of the engine's settings; both empty where there is no file. Throws `AppError` `gate-unsuitable`. */
export function readEngineSettings(file: string): { readonly text: string; readonly settings: EngineSettings } {
  if (!existsSync(file)) return { text: '', settings: {} };
  const text = readFileSync(file, 'utf8');
  if (text.trim() === '') return { text, settings: {} };
  try {
    return { text, settings: EngineSettings.parse(JSON.parse(text)) };
  } catch (error) {
    throw new AppError('gate-unsuitable', `The engine’s settings in ${file} cannot be read: ${messageOf(error)}`, {
      next: `Correct ${file}, then run the command again.`,
    });
  }
}
