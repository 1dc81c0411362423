import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RealConsole } from '../journeys/real-console.ts';
import { repository } from '../journeys/seawall.ts';
import { hostScan } from './host-scan.ts';
import { until } from './lab.ts';
import { endSensor } from './sensors.ts';
import { type EngineStore, startTestEngine, type TestEngine } from '../make/docker.ts';

const run = promisify(execFile);

/** A host of the lab: an engine of its own, and the agent that watches it. */
export interface Pier {
  /** Name of the instance; the host is `pier/NAME`. */
  readonly name: string;
  readonly engine: TestEngine;
  /** Runs the Docker client against this engine and answers what it prints. */
  docker(...words: readonly string[]): Promise<string>;
  /** Process of the agent. */
  agentPid(): number;
  startAgent(): Promise<void>;
  /** Starts an agent anew with another token and an empty state. */
  rejoin(token: string): Promise<void>;
  killAgent(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** What the agent has written to its terminal. */
  said(): string;
  close(): Promise<void>;
}

export interface PierOptions {
  /** Name of the instance. */
  readonly name: string;
  readonly environment: string;
  readonly store: EngineStore;
  /** Storage driver of Docker's own store; missing: `overlay2`. */
  readonly driver?: 'overlay2' | 'vfs';
  readonly folder: string;
  readonly console: RealConsole;
  readonly linkPort: number;
  /** For the first start. */
  readonly joinToken: string;
  /** Further words of the agent's command. */
  readonly words?: readonly string[];
}

/** Name of the machine in the lab, as agents report it. */
export const hostName = 'pier';

export async function openPier(options: PierOptions): Promise<Pier> {
  const { name, environment, store, folder, joinToken, linkPort } = options;
  const state = join(folder, `agent-${name}`);
  mkdirSync(state, { recursive: true });
  const engine = await startTestEngine({ store, driver: options.driver ?? 'overlay2' });
  let agent: ChildProcess | undefined;
  let token = joinToken;
  let said = '';

  async function startAgent(): Promise<void> {
    const words = [
      'agent',
      '--news',
      '--console',
      `https://127.0.0.1:${linkPort}`,
      '--engine',
      engine.socket,
      '--state',
      state,
    ];
    const who = ['--instance', name, '--environment', environment, '--host-name', hostName];
    const own = [...who, ...hostScan, ...(options.words ?? [])];
    agent = spawn(join(repository, 'bin/seawall'), [...words, ...own], {
      env: { ...process.env, SEAWALL_TOKEN: token, SEAWALL_STATE: state },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [agent.stdout, agent.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => void (said += text));
  }

  async function killAgent(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = agent;
    agent = undefined;
    if (ending !== undefined) await endProcess(ending, signal);
  }

  await startAgent();
  return {
    name,
    engine,
    docker: (...words) => dockerOf(engine.socket, words),
    agentPid: () => agent?.pid ?? 0,
    startAgent,
    rejoin: async (next) => {
      await killAgent('SIGTERM');
      rmSync(state, { recursive: true, force: true });
      mkdirSync(state);
      token = next;
      await startAgent();
    },
    killAgent,
    said: () => said,
    close: async () => {
      await killAgent('SIGTERM');
      await endSensor(name);
      await endContainers(engine.socket);
      await engine.stop();
    },
  };
}

async function endProcess(process: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill(signal);
  await once(process, 'exit');
}

async function dockerOf(socket: string, words: readonly string[]): Promise<string> {
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}` };
  const { stdout } = await run('docker', [...words], { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** One that ends by itself meanwhile cannot be removed, and is gone at the next look. */
async function endContainers(socket: string): Promise<void> {
  await until(
    'an engine without containers',
    async () => {
      const ids = (await dockerOf(socket, ['ps', '-q'])).split('\n').filter((id) => id !== '');
      if (ids.length > 0) await dockerOf(socket, ['rm', '-f', ...ids]);
      return ids.length === 0;
    },
    { seconds: 60 },
  );
}
