import { byDefault, type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { EngineShape } from '../../../facts/index.ts';
import type { Info, Networks } from './schema.ts';

type InfoFacts = Pick<
  EngineShape,
  | 'name'
  | 'rootless'
  | 'userNamespaces'
  | 'noNewPrivileges'
  | 'seccompProfile'
  | 'debug'
  | 'insecureRegistries'
  | 'authorizationPlugins'
  | 'logDriver'
  | 'liveRestore'
  | 'defaultRuntime'
  | 'hasContainerdStore'
  | 'proxiesWithCredentials'
  | 'swarmState'
>;

/** What `GET /info` says of an engine. */
export function fieldsOfInfo(info: Info): FieldsOf<InfoFacts> {
  const options = info.SecurityOptions ?? undefined;
  const security = <Value>(value: (names: readonly string[]) => Value) =>
    fieldOf(options === undefined ? undefined : value(options), 'SecurityOptions');
  return {
    name: fieldOf(info.Name, 'Name'),
    rootless: security((list) => list.some((one) => nameOf(one) === 'rootless')),
    userNamespaces: security((list) => list.some((one) => nameOf(one) === 'userns')),
    noNewPrivileges: security((list) => list.some((one) => nameOf(one) === 'no-new-privileges')),
    seccompProfile: security(profileOf),
    debug: fieldOf(info.Debug, 'Debug'),
    insecureRegistries: fieldOf(insecureRegistries(info), 'RegistryConfig'),
    authorizationPlugins: fieldOf(info.Plugins && (info.Plugins.Authorization ?? []), 'Plugins.Authorization'),
    logDriver: fieldOf(info.LoggingDriver, 'LoggingDriver'),
    liveRestore: fieldOf(info.LiveRestoreEnabled, 'LiveRestoreEnabled'),
    defaultRuntime: fieldOf(info.DefaultRuntime, 'DefaultRuntime'),
    hasContainerdStore: fieldOf(
      info.DriverStatus === undefined ? undefined : hasSnapshotter(info.DriverStatus ?? []),
      'DriverStatus',
    ),
    proxiesWithCredentials: proxies(info),
    swarmState: fieldOf(info.Swarm?.LocalNodeState, 'Swarm.LocalNodeState'),
  };
}

/** The bridge of containers that name no network, and whether any network has IPv6. */
export function fieldsOfNetworks(networks: Networks): FieldsOf<Pick<EngineShape, 'defaultBridge' | 'usesIpv6'>> {
  const bridge = networks.find(({ Name, Driver }) => Name === 'bridge' && Driver === 'bridge');
  const talks = bridge?.Options?.['com.docker.network.bridge.enable_icc'];
  return {
    defaultBridge:
      bridge === undefined
        ? known({ kind: 'none' }, '/networks')
        : talks === undefined
          ? byDefault({ kind: 'bridge', letsContainersTalk: true }, '/networks bridge enable_icc', 'engine')
          : known({ kind: 'bridge', letsContainersTalk: talks !== 'false' }, '/networks bridge enable_icc'),
    usesIpv6: known(
      networks.some(({ EnableIPv6 }) => EnableIPv6 === true),
      '/networks EnableIPv6',
    ),
  };
}

/** `name=seccomp,profile=builtin` → `seccomp`; engines before 17.05 wrote the name alone. */
function nameOf(option: string): string {
  const [first = ''] = option.split(',');
  return first.startsWith('name=') ? first.slice(5) : first;
}

/** A path may hold commas: the profile is all that follows. */
function profileOf(options: readonly string[]): string {
  const option = options.find((one) => nameOf(one) === 'seccomp');
  if (option === undefined) return 'none';
  const at = option.indexOf('profile=');
  return at === -1 ? 'default' : option.slice(at + 'profile='.length);
}

function insecureRegistries({ RegistryConfig: config }: Info): readonly string[] | undefined {
  if (config === undefined) return undefined;
  const names = Object.entries(config.IndexConfigs ?? {}).filter(([, { Secure }]) => !Secure);
  return [...(config.InsecureRegistryCIDRs ?? []), ...names.map(([name]) => name)];
}

function hasSnapshotter(status: readonly (readonly string[] | null | undefined)[]): boolean {
  return status.some((pair) => pair?.[0] === 'driver-type' && pair[1] === 'io.containerd.snapshotter.v1');
}

/** The engine puts x for user and password, and leaves the @ where they were. */
function proxies(info: Info): Field<readonly string[]> {
  if (info.HttpProxy === undefined || info.HttpsProxy === undefined)
    return missing('the engine does not tell its proxies');
  const names = (['HttpProxy', 'HttpsProxy'] as const).filter((name) =>
    /^(?:[a-z]+:\/\/)?[^/?#]*@/i.test(info[name] ?? ''),
  );
  return known(names, '/info HttpProxy HttpsProxy');
}

function fieldOf<Value>(value: Value | undefined, name: string): Field<Value> {
  return value === undefined ? missing(`the engine’s answer to /info has no ${name}`) : known(value, `/info ${name}`);
}
