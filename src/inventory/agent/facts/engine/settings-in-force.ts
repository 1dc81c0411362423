import { byDefault, type Field, known, missing } from '#base/index.ts';
import type { EngineDefaults, EngineOption, MinimumApi } from '../../../facts/index.ts';
import type { Flags } from './flags.ts';

/** What the engine was started with, and what it said since. */
export interface EngineStart {
  readonly flags: Flags;
  readonly file: FileAtStart;
  /** Attributes of its last `daemon reload` event since the start. */
  readonly reloaded: Readonly<Record<string, string>>;
  /** `1.45` */
  readonly apiVersion: string;
  /** `1` or `2`. */
  readonly cgroupVersion: string;
  /** Value of DOCKER_MIN_API_VERSION in its environment. */
  readonly minimumApiVariable?: string;
  /** Oldest API version that it says it takes. */
  readonly minimumApi: string;
}

/** daemon.json as it was when the engine started. */
export type FileAtStart =
  | { readonly kind: 'none'; readonly path: string }
  | { readonly kind: 'read'; readonly path: string; readonly settings: Readonly<Record<string, unknown>> }
  /** It was changed since; `why` is part of a sentence. */
  | { readonly kind: 'unknown'; readonly path: string; readonly why: string };

type SettingName = keyof EngineDefaults;
type DefaultFields = { readonly [Name in SettingName]: Field<EngineDefaults[Name]> };

/** How one setting is written, and what holds without it. */
interface Setting<Value> {
  readonly name: string;
  /** Its flag, where that is named differently. */
  readonly flag?: string;
  ofFlag(values: readonly string[]): Value | undefined;
  ofFile(value: unknown): Value | undefined;
  ofEngine(start: EngineStart): Value;
}

/** Settings of which only flags and file tell. */
export function settingsInForce(start: EngineStart): DefaultFields {
  return {
    'log-level': inForce(
      textSetting('log-level', () => 'info'),
      start,
    ),
    'log-opts': inForce(logOptions, start),
    iptables: inForce(
      switchSetting('iptables', () => true),
      start,
    ),
    ip6tables: inForce(
      switchSetting('ip6tables', ({ apiVersion }) => isApi(apiVersion, 46)),
      start,
    ),
    'default-ulimits': inForce(limits, start),
    'cgroup-parent': inForce(
      textSetting('cgroup-parent', () => ''),
      start,
    ),
    'userland-proxy': inForce(
      switchSetting('userland-proxy', () => true),
      start,
    ),
    'metrics-addr': inForce(
      textSetting('metrics-addr', () => ''),
      start,
    ),
    'network-diagnostic-port': inForce(diagnosticPort, start),
    'allow-direct-routing': directRouting('allow-direct-routing', start),
    'ip-forward-no-drop': directRouting('ip-forward-no-drop', start),
    builderEntitlements: inForce(entitlements, start),
    'default-cgroupns-mode': inForce(
      textSetting('default-cgroupns-mode', ({ cgroupVersion }) => (cgroupVersion === '2' ? 'private' : 'host')),
      start,
    ),
    'default-ipc-mode': inForce(
      textSetting('default-ipc-mode', ({ apiVersion }) => (isApi(apiVersion, 40) ? 'private' : 'shareable')),
      start,
    ),
  };
}

/** What lowers the oldest API version that an engine takes; the variable wins. */
export function minimumApi(start: EngineStart): Field<MinimumApi> {
  if (start.minimumApiVariable !== undefined && start.minimumApiVariable !== '')
    return known({ version: start.minimumApi, setBy: 'environment' }, 'environment DOCKER_MIN_API_VERSION');
  const set = inForce(
    textSetting('min-api-version', () => ''),
    start,
  );
  if (set.kind === 'missing') return set;
  if (set.value !== '') return known({ version: set.value, setBy: 'setting' }, set.at);
  return byDefault({ version: start.minimumApi, setBy: 'default' }, '/version MinAPIVersion', 'engine');
}

/** The first that says it: the engine's event, the flag, the file at the start, the engine's default. */
export function inForce<Value>(setting: Setting<Value>, start: EngineStart): Field<Value> {
  const { name, flag = name } = setting;
  const reloaded = start.reloaded[name];
  if (reloaded !== undefined) return read(setting.ofFlag([reloaded]), `event daemon reload ${name}`);
  const words = start.flags.get(flag);
  if (words !== undefined) return read(setting.ofFlag(words), `dockerd --${flag}`);
  switch (start.file.kind) {
    case 'unknown':
      return missing(start.file.why);
    case 'none':
      break;
    case 'read':
      if (start.file.settings[name] !== undefined)
        return read(setting.ofFile(start.file.settings[name]), `${start.file.path} ${name}`);
      break;
    default:
      return start.file satisfies never;
  }
  return byDefault(setting.ofEngine(start), `${start.file.path} ${name}`, 'engine');
}

function read<Value>(value: Value | undefined, at: string): Field<Value> {
  return value === undefined ? missing(`${at} has no known form`) : known(value, at);
}

/** Engines before Docker 28 have no such setting, and nothing of the engine's that keeps others out. */
function directRouting(name: 'allow-direct-routing' | 'ip-forward-no-drop', start: EngineStart): Field<boolean> {
  if (!isApi(start.apiVersion, 48))
    return missing('engines before Docker 28 leave direct routing to the host’s packet filter, which is not read');
  return inForce(
    switchSetting(name, () => false),
    start,
  );
}

/** One that is a text. */
export function textSetting(name: string, ofEngine: (start: EngineStart) => string): Setting<string> {
  return { name, ofFlag: (values) => values.at(-1), ofFile: asText, ofEngine };
}

/** One that is on or off. */
export function switchSetting(name: string, ofEngine: (start: EngineStart) => boolean): Setting<boolean> {
  return { name, ofFlag: (values) => asBoolean(values.at(-1)), ofFile: asFlag, ofEngine };
}

/** Options that say where logs go and how much is kept; others may hold tokens and are left out. */
const keptOptions = ['max-size', 'max-file', 'fluentd-address', 'gelf-address', 'syslog-address'];

const logOptions: Setting<readonly EngineOption[]> = {
  name: 'log-opts',
  flag: 'log-opt',
  ofFlag: (values) => kept(values.map(splitOption)),
  ofFile: (value) =>
    isRecord(value) ? kept(Object.entries(value).map(([name, one]) => ({ name, value: String(one) }))) : undefined,
  ofEngine: () => [],
};

function kept(options: readonly EngineOption[]): readonly EngineOption[] {
  return options
    .filter(({ name }) => keptOptions.includes(name))
    .map(({ name, value }) => ({ name, value: value.replace(/\/\/[^/@]*@/, '//') }));
}

/** `max-size=10m` */
function splitOption(text: string): EngineOption {
  const at = text.indexOf('=');
  return at === -1 ? { name: text, value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

const limits: Setting<readonly string[]> = {
  name: 'default-ulimits',
  flag: 'default-ulimit',
  ofFlag: (values) => values.map((text) => splitOption(text).name).toSorted(),
  ofFile: (value) => (isRecord(value) ? Object.keys(value).toSorted() : undefined),
  ofEngine: () => [],
};

const diagnosticPort: Setting<number> = {
  name: 'network-diagnostic-port',
  ofFlag: (values) => (/^\d{1,5}$/.test(values.at(-1) ?? '') ? Number(values.at(-1)) : undefined),
  ofFile: (value) => (typeof value === 'number' ? value : undefined),
  ofEngine: () => 0,
};

/** Below `builder` the engine takes names in any case. */
const entitlements: Setting<EngineDefaults['builderEntitlements']> = {
  name: 'builder',
  ofFlag: () => undefined,
  ofFile: (value) => {
    const given = member(value, 'entitlements') ?? {};
    const secure = asGranted(member(given, 'security-insecure'), 'no');
    const network = asGranted(member(given, 'network-host'), 'yes');
    if (!isRecord(value) || !isRecord(given) || secure === undefined || network === undefined) return undefined;
    return { securityInsecure: secure === 'yes', networkHost: network === 'yes' };
  },
  ofEngine: () => ({ securityInsecure: false, networkHost: true }),
};

type Granted = 'yes' | 'no';

function asGranted(value: unknown, otherwise: Granted): Granted | undefined {
  if (value === undefined || value === null) return otherwise;
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : undefined;
}

/** The last member of that name, whatever its case. */
function member(value: unknown, name: string): unknown {
  if (!isRecord(value)) return undefined;
  return Object.entries(value).findLast(([key]) => key.toLowerCase() === name)?.[1];
}

/** Whether a version is at least 1.`minor`. */
export function isApi(version: string, minor: number): boolean {
  const [major = 0, own = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && own >= minor);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** As Go reads it. */
function asBoolean(text: string | undefined): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text ?? '')) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text ?? '') ? false : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
