import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { openPrivateHost, type PrivateHost } from '../../make/private-host.ts';
import { docker } from '../../make/program-image.ts';
import { type Closers } from '../lab-console.ts';
import { until } from '../lab.ts';

/** A host of the lab with an engine that was set up in some way, good or bad. */
export interface Yard {
  readonly name: string;
  readonly host: PrivateHost;
  readonly socket: string;
  /** Folder of the engine's data. */
  readonly dataRoot: string;
  /** Of the engine, in whose network its listeners are. */
  readonly pid: number;
  /** Rejects with what the client said when it fails. */
  docker(...words: readonly string[]): Promise<string>;
  /** Loads a `docker save` archive. */
  load(archive: Uint8Array): Promise<void>;
}

export interface YardOptions {
  readonly name: string;
  /** On a real file system. */
  readonly folder: string;
  /** `daemon.json`, which is read before the engine starts. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes the host before its engine starts. */
  readonly prepare?: (host: PrivateHost) => Promise<void>;
  readonly closers: Closers;
}

/** Starts an engine on a private host with a network of its own: nothing of the machine is changed. */
export async function openYard(options: YardOptions): Promise<Yard> {
  const { name, closers, settings, prepare } = options;
  const folder = join(options.folder, name);
  mkdirSync(folder);
  chmodSync(folder, 0o711);
  const host = await openPrivateHost();
  closers.push(() => host.close());
  await prepare?.(host);
  mkdirSync(host.place('/etc/docker'), { recursive: true });
  writeFileSync(host.place('/etc/docker/daemon.json'), JSON.stringify(settings));
  const [socket, dataRoot] = [join(folder, 'docker.sock'), join(folder, 'data')];
  const places = ['--data-root', dataRoot];
  const words = [
    '--host',
    `unix://${socket}`,
    '--host',
    'unix:///run/docker.sock',
    ...places,
    ...(options.flags ?? []),
  ];
  const start = ['--net', '--', 'sh', '-c', 'ip link set lo up && exec dockerd "$@"', 'dockerd', ...words];
  const child = host.spawn('unshare', start, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...options.environment },
  });
  const run = await waitForEngine({ name, child, socket, closers });
  const load = async (archive: Uint8Array): Promise<void> => {
    const path = join(folder, 'image.tar');
    writeFileSync(path, archive);
    await run('load', '-q', '-i', path);
  };
  return { name, host, socket, dataRoot, pid: child.pid ?? 0, docker: run, load };
}

interface StartedEngine {
  readonly name: string;
  readonly child: ChildProcess;
  readonly socket: string;
  readonly closers: Closers;
}

/** Answers its client when it is up; it is ended with the lab, and what it ran before that. */
export async function waitForEngine({ name, child, socket, closers }: StartedEngine): Promise<Yard['docker']> {
  const log = logOf(child);
  const run = async (...command: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await docker({ socket }, ...command);
    if (code !== 0) throw new Error(`docker ${command.join(' ')} ended with ${code}: ${stderr.trim()}`);
    return stdout;
  };
  closers.push(async () => {
    const ids = (await run('ps', '-aq')).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await run('rm', '-fv', ...ids);
    await ended(child);
  });
  await until(`the engine ${name}`, async () => child.exitCode !== null || (await answers(socket)), {
    seconds: 60,
    every: 100,
  });
  if (child.exitCode !== null) throw new Error(`The engine ${name} did not come up: ${log().slice(-3000)}`);
  return run;
}

/** Asked without a client: four engines that start at once have little time for it. */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = get({ socketPath: socket, path: '/_ping', headers: { host: 'docker' } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200));
    });
    asking.once('error', () => resolve(false));
  });
}

function logOf(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void (said += text));
  return () => said;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** A program on the host and in its engine's network. */
export function inNetwork({ host, pid }: Yard, program: string, words: readonly string[]) {
  return host.run('nsenter', [`--net=/proc/${pid}/ns/net`, '--', program, ...words]);
}
