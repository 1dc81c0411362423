import { join, resolve } from 'node:path';
import { AppError, type Environment, type ImageDigest, isImageDigest, type SubjectId } from '#base/index.ts';
import { Environment as EnvironmentName } from '#access/contract.ts';
import { enteredFrom } from '#inventory/agent/index.ts';
import { Introduction, protocolVersion } from '#link/contract.ts';
import { type MetricsAddress, metricsAddressOf } from '../metrics/listener.ts';

/** Everything that an agent is told at its start. Parsed once, frozen, passed down. */
export interface AgentConfig {
  readonly consoleUrl: string;
  /** Where the join token is; for the first start, later the identity that it brought is used. */
  readonly token?: TokenSource;
  readonly dockerSocket: string;
  /** Of this instance alone. */
  readonly stateFolder: string;
  readonly cacheFolder: string;
  /** Of the instance's sockets. */
  readonly runFolder: string;
  readonly introduction: Introduction;
  readonly allowEnvironments: readonly string[];
  /** Why the files below `/` are not the host's, as part of a sentence; missing: they are. */
  readonly hidden?: string;
  /** The container that it runs in, though it works on the host's files; missing: none. */
  readonly ownContainer?: string;
  /** What the host's own file system is called. */
  readonly hostSubject: SubjectId;
  /** Targets besides those of the host. */
  readonly also: readonly string[];
  /** Whether to look at the engine and the host at all, or only at `also`. */
  readonly local: boolean;
  /** Words of options that bound what a scan may cost. */
  readonly scanWords: readonly string[];
  readonly isRoot: boolean;
  /** Where metrics are served; missing: nowhere. */
  readonly metrics?: MetricsAddress;
  /** What sees what containers do; missing: switched off. */
  readonly runtime?: {
    readonly sensorSocket: string;
    /** Where the sensor's program may lie. */
    readonly sensorPlaces: readonly string[];
    /** Whether a sensor that this agent started goes on without it. */
    readonly sensorEnds: 'never' | 'with-agent';
  };
  /** What answers the gates of this host's engine; missing: switched off, or not root. */
  readonly gates?: {
    readonly socket: string;
    /** Where the runtime wrapper finds all instances of the machine. */
    readonly folder: string;
    /** Images of the product itself, admitted by their digests. */
    readonly ownImages: readonly ImageDigest[];
    /** Milliseconds between two trials of the gates; missing: a few minutes. */
    readonly canaryPause?: number;
    readonly trialPeriod?: number;
    /** How the engine's authorization plugin is served; missing: it is not. */
    readonly authorization?: {
      /** Where the program that answers the engine may lie. */
      readonly programs: readonly string[];
      /** Whether one that this agent started goes on without it. */
      readonly ends: 'never' | 'with-agent';
    };
  };
}

/** Where a join token comes from. Only a file or standard input keeps it from other users of the host. */
export type TokenSource =
  | { readonly kind: 'given'; readonly token: string }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'input' };

/** As the command line gave it. */
export interface AgentOptions {
  readonly console: string | undefined;
  readonly token: string | undefined;
  /** `-` is standard input. */
  readonly tokenFile: string | undefined;
  readonly engine: string | undefined;
  readonly state: string | undefined;
  readonly instance: string | undefined;
  readonly environment: string | undefined;
  readonly allowEnvironments: string | undefined;
  readonly hostName: string | undefined;
  readonly also: readonly string[];
  readonly local: boolean;
  readonly scanWords: readonly string[];
  /** `127.0.0.1:9465`. */
  readonly metrics?: string | undefined;
  readonly runtime: boolean;
  /** The sensor's program. */
  readonly sensor: string | undefined;
  readonly gates: boolean;
  readonly ownImages: readonly string[];
  /** Seconds. */
  readonly canaryEvery: string | undefined;
  readonly trialEvery: string | undefined;
  readonly authorization: boolean;
  /** The agent is a part of the program that started it. */
  readonly untilInputEnds: boolean;
}

/** What the machine and the program say. */
export interface AgentSurroundings {
  readonly env: Environment;
  readonly uid: number;
  /** Why the files below `/` are not the host's. */
  readonly hidden?: string;
  readonly hostName: string;
  readonly version: string;
  /** Of all programs of this user. */
  readonly stateFolder: string;
  readonly cacheFolder: string;
  readonly dockerSocket: string;
  /** Folder of sockets, a folder for each instance. */
  readonly runFolder: string;
  /** Where the sensor's program may lie. */
  readonly sensorPlaces: readonly string[];
  /** Where the program that answers the engine's authorization plugin may lie. */
  readonly authorizationPlaces: readonly string[];
  /** Where the runtime wrapper looks for what it needs. */
  readonly gateFolder: string;
}

/** Throws `AppError` `usage` naming the option that is missing or wrong. */
export function readAgentConfig(options: AgentOptions, around: AgentSurroundings): AgentConfig {
  const consoleUrl = options.console ?? around.env['SEAWALL_CONSOLE'];
  if (consoleUrl === undefined || consoleUrl === '')
    throw new AppError('usage', 'An agent needs --console with the address of its console.');
  const token = tokenOf(options, around.env);
  const introduction = introductionOf(options, around);
  const ownContainer = enteredFrom(around.env);
  return Object.freeze({
    consoleUrl,
    ...(token && { token }),
    dockerSocket: options.engine?.replace(/^unix:\/\//, '') ?? around.dockerSocket,
    stateFolder: options.state ?? join(around.stateFolder, 'agent', introduction.instance),
    cacheFolder: around.cacheFolder,
    runFolder: join(around.runFolder, introduction.instance),
    introduction,
    allowEnvironments: (options.allowEnvironments ?? '')
      .split(',')
      .filter((name) => name.trim() !== '')
      .map((name) => environmentOf(name.trim(), '--allow-environments')),
    ...(around.hidden !== undefined && { hidden: around.hidden }),
    ...(ownContainer !== undefined && { ownContainer }),
    hostSubject: `host:${introduction.host}` as SubjectId,
    also: options.also,
    local: options.local,
    scanWords: options.scanWords,
    isRoot: around.uid === 0,
    ...(options.metrics !== undefined && { metrics: metricsAddressOf(options.metrics) }),
    ...(options.runtime && options.local && { runtime: runtimeOf(options, around, introduction.instance) }),
    ...(options.gates &&
      options.local &&
      around.uid === 0 && { gates: gatesOf(options, around, introduction.instance) }),
  });
}

function tokenOf({ token, tokenFile }: AgentOptions, env: Environment): TokenSource | undefined {
  if (token !== undefined && tokenFile !== undefined)
    throw new AppError('usage', 'An agent takes --token or --token-file, not both.');
  if (tokenFile === '-') return { kind: 'input' };
  if (tokenFile !== undefined) return { kind: 'file', file: resolve(tokenFile) };
  const given = token ?? env['SEAWALL_TOKEN'] ?? '';
  return given === '' ? undefined : { kind: 'given', token: given };
}

function runtimeOf(
  { sensor, untilInputEnds }: AgentOptions,
  { runFolder, sensorPlaces }: AgentSurroundings,
  instance: string,
): NonNullable<AgentConfig['runtime']> {
  return {
    sensorSocket: join(runFolder, instance, 'sensor.sock'),
    sensorPlaces: sensor === undefined ? sensorPlaces : [resolve(sensor)],
    sensorEnds: untilInputEnds ? 'with-agent' : 'never',
  };
}

function gatesOf(
  { ownImages, canaryEvery, trialEvery, authorization, untilInputEnds }: AgentOptions,
  { runFolder, gateFolder, authorizationPlaces }: AgentSurroundings,
  instance: string,
): NonNullable<AgentConfig['gates']> {
  const wrong = ownImages.find((digest) => !isImageDigest(digest));
  if (wrong !== undefined)
    throw new AppError('usage', `--own-image ${wrong} is no digest of an image: sha256: and 64 hexadecimal digits.`);
  return {
    socket: join(runFolder, instance, 'gate.sock'),
    folder: gateFolder,
    ownImages: ownImages.filter(isImageDigest),
    ...(authorization && {
      authorization: { programs: authorizationPlaces, ends: untilInputEnds ? 'with-agent' : 'never' },
    }),
    ...(canaryEvery !== undefined && { canaryPause: secondsOf(canaryEvery, '--canary-every') }),
    ...(trialEvery !== undefined && { trialPeriod: secondsOf(trialEvery, '--trial-every') }),
  };
}

function secondsOf(word: string, option: string): number {
  const seconds = Number(word);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds * 1000;
  throw new AppError('usage', `${option} ${word} is no number of seconds between 1 and 86400.`);
}

function introductionOf(options: AgentOptions, around: AgentSurroundings): Introduction {
  const { environment } = options;
  return {
    protocol: protocolVersion,
    host: nameOf(options.hostName ?? around.hostName, '--host-name'),
    instance: nameOf(options.instance ?? 'default', '--instance'),
    version: around.version,
    ...(environment !== undefined && { environment: environmentOf(environment, '--environment') }),
  };
}

function nameOf(name: string, option: string): string {
  if (Introduction.shape.host.safeParse(name).success) return name;
  throw new AppError('usage', `The name ${name} is none that a host or instance may have.`, {
    next: `Give letters, digits, dots, dashes and underscores with ${option}.`,
  });
}

function environmentOf(name: string, option: string): string {
  if (EnvironmentName.safeParse(name).success) return name;
  throw new AppError('usage', `${option} ${name} is no name of an environment, like dev, test or prod.`);
}
