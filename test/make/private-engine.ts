import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineStore } from './docker.ts';
import { type DockerResult, docker } from './program-image.ts';
import type { PrivateHost } from './private-host.ts';

/** A Docker engine on a private host, which finds its runtime and its settings there as any engine does. */
export interface PrivateEngine {
  readonly store: EngineStore;
  readonly socket: string;
  /** Folder of everything that it keeps. */
  readonly root: string;
  pid(): number;
  /** Waits until it answers; rejects with its log when it does not come up. */
  start(): Promise<void>;
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  docker(...words: readonly string[]): Promise<DockerResult>;
  /** As `docker`, and rejects with what it said when it fails. */
  must(...words: readonly string[]): Promise<string>;
  /** What it has logged since its last start. */
  said(): string;
}

export interface PrivateEngineOptions {
  readonly host: PrivateHost;
  readonly store: EngineStore;
  /** For its data, on a real file system. */
  readonly folder: string;
  /** Settings file on the host; the usual one when nothing is said. */
  readonly settings?: string;
}

export function privateEngine({ host, store, folder, settings }: PrivateEngineOptions): PrivateEngine {
  const file = settings ?? '/etc/docker/daemon.json';
  const socket = join(folder, 'docker.sock');
  const root = join(folder, 'data');
  mkdirSync(host.place('/etc/docker'), { recursive: true });
  const features = { 'containerd-snapshotter': store === 'containerd' };
  writeFileSync(host.place(file), `${JSON.stringify({ features }, undefined, '\t')}\n`);
  const places = ['--data-root', root, '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')];
  const storage = store === 'docker' ? ['--storage-driver', 'overlay2'] : [];
  const network = ['--bridge', 'none', '--iptables=false', '--ip6tables=false'];
  const words = ['--host', `unix://${socket}`, '--config-file', file, ...places, ...storage, ...network];
  let child: ChildProcess | undefined;
  let said = '';
  const engine: PrivateEngine = {
    store,
    socket,
    root,
    pid: () => child?.pid ?? 0,
    said: () => said,
    start: async () => {
      said = '';
      child = host.spawn('dockerd', words, { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => void (said += text));
      for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt += 1) {
        if ((await docker(engine, 'version')).code === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`dockerd did not come up:\n${said.slice(-3000)}`);
    },
    stop: async (signal = 'SIGTERM') => {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, 'exit');
      ending.kill(signal);
      await ended;
    },
    docker: (...command) => docker(engine, ...command),
    must: async (...command) => {
      const { code, stdout, stderr } = await docker(engine, ...command);
      if (code !== 0) throw new Error(`docker ${command.join(' ')} ended with ${code}: ${stderr.trim()}`);
      return stdout;
    },
  };
  return engine;
}
