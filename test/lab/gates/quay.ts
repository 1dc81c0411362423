import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createJoinToken } from '#link/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { repository } from '../../journeys/seawall.ts';
import type { EngineStore } from '../../make/docker.ts';
import { openPrivateHost, type PrivateHost, type PrivateRun } from '../../make/private-host.ts';
import { type PrivateEngine, privateEngine } from '../../make/private-engine.ts';
import { hostScan } from '../host-scan.ts';
import type { Closers, LabConsole } from '../lab-console.ts';
import { endSensor } from '../sensors.ts';
import { until } from '../lab.ts';

/** A host of its own, in environment prod where nothing else is said: an engine that starts containers through whatever lies at `/usr/sbin/runc`. */
export interface Quay {
  readonly store: EngineStore;
  /** Name of the instance. */
  readonly name: string;
  /** As the console calls the host. */
  readonly hostName: string;
  readonly host: PrivateHost;
  readonly engine: PrivateEngine;
  /** State of the agent. */
  readonly state: string;
  /** `seawall gate …` on this host. */
  gate(...words: readonly string[]): Promise<PrivateRun>;
  /** With further words of its command. */
  startAgent(...words: readonly string[]): void;
  endAgent(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Stops the agent where it stands, and lets it go on. */
  signalAgent(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** What the agent has said. */
  said(): string;
}

const program = join(repository, 'bin/seawall');
/** Names of hosts of this lab begin so. */
const machine = 'quay';

/** Of the console what a host of this lab needs. */
export type QuayConsole = Pick<LabConsole, 'state' | 'linkPort' | 'ask'>;

export interface QuayOptions {
  readonly store: EngineStore;
  readonly console: QuayConsole;
  readonly closers: Closers;
  /** Of the instance; missing: after the store. */
  readonly name?: string;
  /** That its join token names, its own first; missing: prod, and dev for what labels choose. */
  readonly environments?: readonly [string, ...string[]];
}

/** Starts the engine and an agent, and waits until the console knows the host. */
export async function openQuay({
  store,
  console,
  closers,
  name = `quay-${store}`,
  environments = ['prod', 'dev'],
}: QuayOptions): Promise<Quay> {
  const folder = join(console.state, name);
  const state = join(folder, 'agent');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const host = await openPrivateHost();
  closers.push(() => host.close());
  const engine = privateEngine({ host, store, folder });
  await engine.start();
  closers.push(() => endEngine(engine));
  const { secret } = await console.ask(createJoinToken, { body: { name, environments: [...environments] } });
  const agent = agentOf(host, { name, state, engine, secret, environments, linkPort: console.linkPort });
  agent.start();
  closers.push(async () => {
    await agent.end('SIGTERM');
    await endSensor(name);
  });
  const hostName = `${machine}/${name}`;
  const isLive = async () => (await console.ask(listHosts)).hosts.find((one) => one.name === hostName && !one.stale);
  await until(`host ${hostName}`, isLive, { seconds: 60 }).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${agent.said()}`);
  });
  const own = ['--engine', engine.socket, '--state', state, '--instance', name];
  return {
    store,
    name,
    hostName,
    host,
    engine,
    state,
    gate: (verb = 'status', ...words) => host.run(program, ['gate', verb, ...own, ...words]),
    startAgent: agent.start,
    endAgent: agent.end,
    signalAgent: agent.signal,
    said: agent.said,
  };
}

interface AgentStart {
  readonly name: string;
  readonly state: string;
  readonly engine: PrivateEngine;
  readonly secret: string;
  readonly environments: readonly [string, ...string[]];
  readonly linkPort: number;
}

function agentOf(host: PrivateHost, { name, state, engine, secret, environments, linkPort }: AgentStart) {
  const [environment, ...others] = environments;
  const labels = others.length === 0 ? [] : ['--allow-environments', others.join(',')];
  const where = ['--console', `https://127.0.0.1:${linkPort}`, '--engine', engine.socket, '--state', state];
  const who = ['--instance', name, '--host-name', machine, '--environment', environment, ...labels];
  let agent: ChildProcess | undefined;
  let said = '';
  return {
    start: (...words: readonly string[]): void => {
      agent = host.spawn(program, ['agent', '--news', ...where, ...who, ...hostScan, ...words], {
        env: { ...process.env, SEAWALL_TOKEN: secret, SEAWALL_STATE: state },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [agent.stdout, agent.stderr])
        stream?.setEncoding('utf8').on('data', (text: string) => void (said += text));
    },
    end: async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
      const ending = agent;
      agent = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, 'exit');
      ending.kill(signal);
      await ended;
    },
    signal: (signal: 'SIGSTOP' | 'SIGCONT'): void => void agent?.kill(signal),
    said: () => said,
  };
}

async function endEngine(engine: PrivateEngine): Promise<void> {
  const ids = (await engine.docker('ps', '-aq')).stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await engine.docker('rm', '-f', ...ids);
  await engine.stop();
}
