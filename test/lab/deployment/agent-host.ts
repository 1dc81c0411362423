import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Host, listContainers, listHosts, type Protection } from '#inventory/contract.ts';
import { createJoinToken } from '#link/contract.ts';
import { agentCapabilities } from '../../../src/apps/agent-capabilities.ts';
import { type DockerResult, loadProgramImage } from '../../make/program-image.ts';
import { type PrivateEngine, privateEngine } from '../../make/private-engine.ts';
import { openPrivateHost, type PrivateHost } from '../../make/private-host.ts';
import { makeIntruders } from '../../make/servers/servers.ts';
import type { Closers, LabConsole } from '../lab-console.ts';
import { expectThat, type LabOptions, until } from '../lab.ts';
import { endSensor } from '../sensors.ts';
import { agentImage, loadAgentImage } from './agent-image.ts';

/** A host whose agent runs in a container: its engine has mounts that nobody else sees. */
export interface AgentHost {
  readonly host: PrivateHost;
  readonly engine: PrivateEngine;
  /** As the console calls it. */
  readonly name: string;
  readonly instance: string;
  /** Folder that is `/mark` in every container. */
  readonly marks: string;
  /** Starts the agent by its one command; further words are its own. */
  startAgent(...words: readonly string[]): Promise<void>;
  /** Runs the agent's command with these rights instead of the usual ones, until it ends. */
  tryAgent(rights: readonly string[], ...words: readonly string[]): Promise<DockerResult>;
  /** `seawall gate …` from the agent's container. */
  gate(verb: string, ...words: readonly string[]): Promise<DockerResult>;
  /** Starts a container that goes on; answers its id. */
  server(): Promise<string>;
  /** Runs a script in a container in which `/mark/intruder` is what was dropped; it marks that it ran. */
  inside(id: string, script: string): Promise<DockerResult>;
  /** Whether the intruder ran since the last look; wipes its mark. */
  wasMarked(): boolean;
  /** Waits until the console shows a container so. */
  shown(id: string, fits: (one: Protection) => boolean, seconds?: number): Promise<Protection>;
  /** Waits until the console has heard the agent since then. */
  isHeard(since?: Date): Promise<void>;
  /** Waits until the console shows the host as silent. */
  isSilent(): Promise<void>;
}

/** What the agent's container needs of its host, and no more. */
export const rights = [
  '--pid',
  'host',
  '--network',
  'host',
  ...agentCapabilities.flatMap((name) => ['--cap-add', name]),
  '--security-opt',
  'apparmor=unconfined',
] as const;

export const hostSystem = 'Shore of the lab';
export const secondRoot = 'shoremaster';

/** Name of the agent's container. */
export const agentName = 'seawall-agent';
const program = '/var/lib/seawall/program/current/bin/seawall';

/** Of a console what such a host needs. */
type ConsoleOfHost = Pick<LabConsole, 'state' | 'linkPort' | 'ask'>;

/** Image of small programs. */
export const programs = 'lab/programs:1';

interface Ground extends Pick<LabOptions, 'armed' | 'say'> {
  readonly console: ConsoleOfHost;
}

/** The agent does not run yet. Disarmed, it watches nothing of what containers do. */
export async function openAgentHost({ console, armed, say }: Ground, closers: Closers): Promise<AgentHost> {
  say('starting an engine with mounts of its own, and laying out the programs that its agent runs from');
  const instance = `deploy-${randomBytes(3).toString('hex')}`;
  const folder = join(console.state, instance);
  const marks = join(folder, 'marks');
  mkdirSync(marks, { recursive: true, mode: 0o777 });
  copyFileSync(makeIntruders(folder).program, join(marks, 'intruder'));
  const host = await openPrivateHost();
  closers.push(() => host.close());
  await markHost(host);
  const engine = privateEngine({ host, store: 'docker', folder });
  await engine.start();
  closers.push(() => endEngine(engine, instance));
  await loadPrograms(engine, folder);
  await loadAgentImage(engine);
  const { secret } = await console.ask(createJoinToken, { body: { name: instance, environments: ['prod'] } });
  const command = commandOf({ console, engine, instance, secret });
  const name = `shore/${instance}`;
  const seen = async (how: string, fits: (host: Host) => boolean): Promise<void> => {
    const look = async () => (await console.ask(listHosts)).hosts.some((one) => one.name === name && fits(one));
    await until(`host ${name} ${how}`, look, { seconds: 90 }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}: ${(await engine.docker('logs', '--tail', '5', agentName)).stderr}`);
    });
  };
  return {
    host,
    engine,
    name,
    instance,
    marks,
    startAgent: async (...words) => {
      const asked = [...(armed ? [] : ['--no-runtime']), ...words];
      await engine.must(...command(['-d', '--name', agentName, ...rights], asked));
    },
    gate: (...words) =>
      engine.docker('exec', agentName, program, 'gate', ...words, '--engine', engine.socket, '--instance', instance),
    tryAgent: (given, ...words) => engine.docker(...command(['--rm', ...given], words)),
    server: async () => {
      const words = ['-d', '--network', 'none', '-v', `${marks}:/mark`, programs, '/bin/sleep', '100000'];
      return (await engine.must('run', ...words)).trim();
    },
    inside: (id, script) => engine.docker('exec', '-e', 'MARK=/mark/ran', id, '/bin/sh', '-c', script),
    wasMarked: () => {
      const mark = join(marks, 'ran');
      const was = existsSync(mark);
      rmSync(mark, { force: true });
      return was;
    },
    shown: (id, fits, seconds = 60) => shownAs(console, { id, fits, seconds }),
    isHeard: (since = new Date(0)) =>
      seen('at work', ({ stale, agent }) => !stale && agent.seenAt !== undefined && new Date(agent.seenAt) >= since),
    isSilent: () => seen('silent', ({ stale }) => stale),
  };
}

/** What its host has and no container: a name of its system, and a second account with all rights. Of Seawall it has nothing. */
async function markHost(host: PrivateHost): Promise<void> {
  await host.must('rm', ['-rf', '/var/lib/seawall']);
  const [system, accounts] = ['/etc/os-release', '/etc/passwd'].map((path) => host.place(path));
  if (system === undefined || accounts === undefined) return;
  writeFileSync(system, readFileSync(system, 'utf8').replace(/^PRETTY_NAME=.*$/m, `PRETTY_NAME="${hostSystem}"`));
  appendFileSync(accounts, `${secondRoot}:x:0:0::/root:/bin/sh\n`);
}

interface Command {
  readonly console: Pick<ConsoleOfHost, 'linkPort'>;
  readonly engine: PrivateEngine;
  readonly instance: string;
  readonly secret: string;
}

/** Words of `docker run` for the agent; the token is the container's alone, and is needed once. */
function commandOf({ console, engine, instance, secret }: Command) {
  const where = ['--console', `https://127.0.0.1:${console.linkPort}`, '--engine', engine.socket];
  const who = ['--instance', instance, '--host-name', 'shore', '--environment', 'prod'];
  return (options: readonly string[], words: readonly string[]): readonly string[] => [
    'run',
    ...options,
    '-e',
    `SEAWALL_TOKEN=${secret}`,
    agentImage,
    ...where,
    ...who,
    ...words,
  ];
}

/** Puts that image into an engine. */
export async function loadPrograms(engine: PrivateEngine, folder: string): Promise<void> {
  const load = async (archive: Uint8Array): Promise<string> => {
    const file = join(folder, 'programs.tar');
    writeFileSync(file, archive);
    return await engine.must('load', '-q', '-i', file);
  };
  await loadProgramImage({ load }, programs);
}

/** Ends an engine with all its containers, and the sensor of the instance. */
export async function endEngine(engine: PrivateEngine, instance: string): Promise<void> {
  const ids = (await engine.docker('ps', '-aq')).stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await engine.docker('rm', '-f', ...ids);
  await endSensor(instance);
  await engine.stop();
}

interface Wanted {
  readonly id: string;
  readonly fits: (one: Protection) => boolean;
  readonly seconds: number;
}

async function shownAs({ ask }: Pick<ConsoleOfHost, 'ask'>, { id, fits, seconds }: Wanted): Promise<Protection> {
  let last: Protection | undefined;
  const look = async (): Promise<Protection | undefined> => {
    const { containers } = await ask(listContainers, { query: { search: id, limit: 1 } });
    last = containers[0]?.protection;
    return last !== undefined && fits(last) ? last : undefined;
  };
  const found = await until(`the protection of ${id.slice(0, 12)}`, look, { seconds }).catch(() => undefined);
  expectThat(found !== undefined, `it is shown as ${last?.state}, ${last?.cause}: ${last?.reason}`);
  return found;
}
