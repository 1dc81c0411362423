import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Docker engine of a test's own: no network, no iptables, nothing shared with the machine's engine. */
export interface TestEngine {
  readonly socket: string;
  /** Folder of everything that it keeps. */
  readonly root: string;
  /** Loads a `docker save` archive; returns what the engine says. */
  load(archive: Uint8Array): Promise<string>;
  /** Lets it read other settings than those that it was started with. */
  reload(settings: object): Promise<void>;
  stop(): Promise<void>;
}

export interface TestEngineOptions {
  /** Where images are kept: Docker's own store, or containerd's. */
  readonly store: 'docker' | 'containerd';
  /** Storage driver of Docker's own store; `vfs` where none is named. */
  readonly driver?: 'overlay2' | 'vfs';
  /** Folder in which the engine looks up programs before all others, such as its runtime. */
  readonly path?: string;
  /** Name of an authorization plugin, which must be there before. */
  readonly authorization?: string;
}

export type EngineStore = TestEngineOptions['store'];

/** Stores that an engine can be started with here: both, or none without root or without `dockerd`. */
export function startableStores(): readonly EngineStore[] {
  const canStart = process.getuid?.() === 0 && spawnSync('dockerd', ['--version']).status === 0;
  return canStart ? ['docker', 'containerd'] : [];
}

/** Starts `dockerd` (needs root). Rejects with its log when it does not come up. */
export async function startTestEngine({
  store,
  driver = 'vfs',
  path,
  authorization,
}: TestEngineOptions): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-engine-'));
  const socket = join(folder, 'docker.sock');
  const root = join(folder, 'data');
  const config = join(folder, 'daemon.json');
  const features = { 'containerd-snapshotter': store === 'containerd' };
  const plugins = authorization === undefined ? {} : { 'authorization-plugins': [authorization] };
  await writeFile(config, JSON.stringify({ features, ...plugins }));
  const places = ['--data-root', root, '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')];
  const storage = store === 'docker' ? ['--storage-driver', driver] : [];
  const network = ['--bridge', 'none', '--iptables=false', '--ip6tables=false'];
  const words = ['--host', `unix://${socket}`, '--config-file', config, ...places, ...storage, ...network];
  const programs = [...(path === undefined ? [] : [path]), process.env.PATH ?? ''].join(':');
  const child = spawn('dockerd', words, { env: { ...process.env, PATH: programs } });
  const log: string[] = [];
  child.stderr.on('data', (text: Buffer) => log.push(text.toString()));
  const stop = async () => {
    // A plugin that is gone would hold the engine's answers up.
    if (authorization === undefined) await killContainers(socket).catch(() => undefined);
    await ended(child);
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await untilReady(socket, child);
  } catch {
    await stop();
    throw new Error(`dockerd did not come up:\n${log.join('').slice(-4000)}`);
  }
  return {
    socket,
    root,
    load: (archive) => post(socket, '/images/load', archive),
    reload: async (settings) => {
      await writeFile(config, JSON.stringify({ features, ...settings }));
      child.kill('SIGHUP');
    },
    stop,
  };
}

async function untilReady(socket: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) break;
    const answer = await post(socket, '/_ping').catch(() => undefined);
    if (answer === 'OK') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not ready');
}

/** What an engine leaves mounted when it ends in haste: its folder onto itself, a network namespace. Innermost first. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const places = mounts.split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const place of places.filter((one) => one.startsWith(`${folder}/`)).toReversed()) spawnSync('umount', [place]);
}

/** The engine itself waits ten seconds for each that does not heed SIGTERM, as a plain `sleep` does not. */
async function killContainers(socket: string): Promise<void> {
  const running = JSON.parse(await post(socket, '/containers/json')) as readonly { readonly Id: string }[];
  await Promise.all(running.map(({ Id }) => post(socket, `/containers/${Id}/kill`, Buffer.alloc(0))));
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function post(socketPath: string, path: string, body?: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: body === undefined ? 'GET' : 'POST' }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      resolve(Buffer.concat(parts).toString());
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
