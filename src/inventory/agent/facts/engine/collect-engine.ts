import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Field, type FieldsOf, known, messageOf, missing } from '#base/index.ts';
import type { EngineShape } from '../../../facts/index.ts';
import type { EnginePlaces } from '../host/engine-places.ts';
import { createFileMemory, type FileMemory } from '../file-memory.ts';
import { answer, reloadedSince } from './answers.ts';
import { type Flags, readFlags } from './flags.ts';
import { apiFields } from './api-listeners.ts';
import { notInForce } from './not-in-force.ts';
import { fieldsOfInfo, fieldsOfNetworks } from './of-info.ts';
import { placesOf, placesWithoutProcess } from './places.ts';
import {
  type EngineProcess,
  findEngineProcess,
  type RunningPrograms,
  runningPrograms,
  withoutNumber,
} from './process.ts';
import { type EngineRoot, ownedFolders, programsIn, runtimesOf } from './programs.ts';
import { Info, Networks, Plugins, Version } from './schema.ts';
import { type EngineStart, isApi, minimumApi, settingsInForce } from './settings-in-force.ts';
import { type EngineFile, readEngineFile, type RememberedFile } from './start-file.ts';
import { swarmFields } from './swarm-fields.ts';

export interface EngineQuestion {
  readonly socket: string;
  /** SHA-256 in hex of the product's own programs. */
  readonly ownPrograms: readonly string[];
  /** What the collector gave back the last time. */
  readonly remembered?: RememberedFile;
  /** Where /proc is. */
  readonly proc?: string;
  /** Of earlier rounds, so that programs that did not change are not hashed again. */
  readonly memory?: FileMemory;
}

export interface CollectedEngine {
  readonly facts: FieldsOf<EngineShape>;
  /** Where it has its things on the host. */
  readonly places: EnginePlaces;
  /** To be given to the next round; it may hold passwords, so never to be stored or sent. */
  readonly remember?: RememberedFile;
}

/** Programs that ship logs elsewhere, as the kernel names them. */
const shippers = ['fluent-bit', 'fluentd', 'filebeat', 'promtail', 'td-agent', 'vector'];

/** Everything that is to be known of the engine behind a socket. `undefined` where it does not answer. */
export async function collectEngine(question: EngineQuestion): Promise<CollectedEngine | undefined> {
  const { socket, proc = '/proc' } = question;
  const [info, version] = await Promise.all([answer(socket, '/info', Info), answer(socket, '/version', Version)]);
  if (info === undefined || version === undefined) return undefined;
  const networks = await answer(socket, '/networks', Networks);
  const running = await runningPrograms(proc);
  const engine = await findEngineProcess(socket, running, proc);
  const ofInfo = fieldsOfInfo(info);
  const ofProcess =
    engine === undefined
      ? withoutProcess(socket, info)
      : await processFields({ question, info, version, ofInfo, proc, running, engine });
  const facts: FieldsOf<EngineShape> = {
    ...ofInfo,
    ...(networks === undefined ? noNetworks : fieldsOfNetworks(networks)),
    ...ofProcess.facts,
    managedPlugins: await managedPlugins(socket),
    logShippers: known(
      shippers.filter((name) => running.some((one) => one.name === name)),
      '/proc/*/stat',
    ),
    ...(await swarmFields({ socket, info, engine, networks, proc })),
  };
  return { facts, places: ofProcess.places, ...(ofProcess.remember !== undefined && { remember: ofProcess.remember }) };
}

const silent = missing('the engine did not answer /networks');
const noNetworks = { defaultBridge: silent, usesIpv6: silent };

type ProcessFields = Omit<
  FieldsOf<EngineShape>,
  | keyof ReturnType<typeof fieldsOfInfo>
  | `swarm${string}`
  | 'defaultBridge'
  | 'usesIpv6'
  | 'managedPlugins'
  | 'logShippers'
>;

interface OfProcess {
  readonly facts: ProcessFields;
  readonly places: EnginePlaces;
  readonly remember?: RememberedFile;
}

interface Known {
  readonly question: EngineQuestion;
  readonly info: Info;
  readonly version: Version;
  readonly ofInfo: ReturnType<typeof fieldsOfInfo>;
  readonly engine: EngineProcess;
  readonly running: RunningPrograms;
  readonly proc: string;
}

async function processFields(all: Known): Promise<OfProcess> {
  const { question, info, version, ofInfo, engine, running, proc } = all;
  const flags = readFlags(engine.words);
  const file = await readEngineFile(engine, flags, {
    proc,
    ...(question.remembered && { remembered: question.remembered }),
  });
  const reloaded = await reloadedSince(question.socket, engine.started);
  const start: EngineStart = {
    flags,
    file: file.atStart,
    reloaded: reloaded ?? {},
    apiVersion: version.ApiVersion,
    cgroupVersion: info.CgroupVersion ?? '1',
    minimumApi: version.MinAPIVersion ?? version.ApiVersion,
    ...(engine.environment['DOCKER_MIN_API_VERSION'] !== undefined && {
      minimumApiVariable: engine.environment['DOCKER_MIN_API_VERSION'],
    }),
  };
  const settings = settingsInForce(start);
  const root = {
    root: join(proc, `${engine.pid}/root`),
    path: engine.environment['PATH'] ?? '',
    memory: question.memory ?? createFileMemory(),
  };
  return {
    facts: {
      ...settings,
      minimumApi: minimumApi(start),
      configuration: configurationOf(flags, file),
      notInForce: known(notInForce(file, { ...ofInfo, ...settings }, reloaded ?? {}), file.atStart.path),
      engineUid: known(engine.uid, '/proc/PID/status Uid'),
      proxyProcesses: proxyProcesses(engine, running),
      ...(await apiFields({ socket: question.socket, engine, info, settings, proc })),
      ...(await programFields(all, root)),
    },
    places: await placesOf({ info, engine, start, proc }),
    ...(file.remember && { remember: file.remember }),
  };
}

function withoutProcess(socket: string, info: Info): OfProcess {
  const why = `no process of this host was found that is the engine behind ${socket}`;
  const none = missing(why);
  return {
    places: placesWithoutProcess(info, why),
    facts: {
      'log-level': none,
      'log-opts': none,
      iptables: none,
      ip6tables: none,
      'default-ulimits': none,
      'cgroup-parent': none,
      'userland-proxy': none,
      'metrics-addr': none,
      'network-diagnostic-port': none,
      'allow-direct-routing': none,
      'ip-forward-no-drop': none,
      builderEntitlements: none,
      'default-cgroupns-mode': none,
      'default-ipc-mode': none,
      minimumApi: none,
      configuration: none,
      notInForce: known([], 'no file was read'),
      engineUid: none,
      proxyProcesses: none,
      apiListeners: none,
      apiAnswers: none,
      runtimes: none,
      nodeResourceInterface: none,
      deviceFolders: none,
    },
  };
}

async function programFields({ question, info, version }: Known, root: EngineRoot) {
  const folder = info.NRI?.Info?.find(([label]) => label === 'plugin-path')?.[1];
  const interfaceOff = { kind: isApi(version.ApiVersion, 53) ? 'off' : 'unknown-to-engine' } as const;
  return {
    runtimes:
      info.Runtimes === undefined
        ? missing('the engine’s answer to /info has no Runtimes')
        : known(await runtimesOf(info.Runtimes, root, question.ownPrograms), '/info Runtimes'),
    nodeResourceInterface: await looked('/info NRI', async () =>
      info.NRI === undefined || info.NRI === null
        ? interfaceOff
        : { kind: 'on' as const, plugins: await programsIn(folder ?? usualPluginFolder, root) },
    ),
    deviceFolders: await looked('/info CDISpecDirs', () => ownedFolders(info.CDISpecDirs ?? [], root.root)),
  };
}

const usualPluginFolder = '/opt/nri/plugins';

async function looked<Value>(at: string, look: () => Promise<Value>): Promise<Field<Value>> {
  try {
    return known(await look(), at);
  } catch (error) {
    return missing(`${at} could not be followed: ${withoutNumber(messageOf(error))}`);
  }
}

function proxyProcesses({ pid }: EngineProcess, running: RunningPrograms): Field<EngineShape['proxyProcesses']> {
  const isThere = running.some(({ name, parent }) => name === 'docker-proxy' && parent === pid);
  return known(isThere ? 'some' : 'none', '/proc docker-proxy');
}

async function managedPlugins(socket: string): Promise<Field<EngineShape['managedPlugins']>> {
  const plugins = await answer(socket, '/plugins', Plugins);
  if (plugins === undefined) return missing('the engine did not answer /plugins');
  return known(
    plugins
      .filter(({ Enabled }) => Enabled)
      .map(({ PluginReference, Name, Config, Settings }) => ({
        reference: PluginReference ?? Name,
        capabilities: (Config.Linux?.Capabilities ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, '')),
        mounts: (Settings?.Mounts ?? []).flatMap(({ Source }) => Source ?? []),
        allDevices: Config.Linux?.AllowAllDevices === true,
      }))
      // The engine tells them in no order.
      .toSorted((one, other) => (one.reference < other.reference ? -1 : 1)),
    '/plugins',
  );
}

/** Flags and file in force, in an order of their own; what a proxy's address holds of a password is left out. */
function configurationOf(flags: Flags, { atStart }: EngineFile): Field<string> {
  if (atStart.kind === 'unknown') return missing(atStart.why);
  const settings = atStart.kind === 'read' ? atStart.settings : {};
  const text = JSON.stringify([[...flags].toSorted(byName), ordered(settings)]).replaceAll(/\/\/[^/@"]*@/g, '//@');
  return known(createHash('sha256').update(text).digest('hex'), `dockerd flags, ${atStart.path}`);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

/** With the members of every object sorted by name. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(byName)
      .map(([name, one]) => [name, ordered(one)]),
  );
}
