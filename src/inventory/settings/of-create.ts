import type { HostNamespace } from '../contract.ts';
import { addedByWords } from './capabilities.ts';
import { requestedMounts } from './create-mounts.ts';
import { devicesOf, type GivenDevices, moreDevices, openedByRules, ruleOfWords } from './devices.ts';
import type { EngineView, HostView } from './host-view.ts';
import { type SystemPaths, systemPathsBy, usualMasked, usualReadonly } from './kernel-paths.ts';
import { mostDevices } from './limits.ts';
import { type CreateRequest, SeccompProfile } from './schema.ts';
import { seccompBy } from './seccomp.ts';
import type { ContainerSettings, HostDevice, SharedNamespace } from './settings.ts';

type HostConfig = NonNullable<CreateRequest['HostConfig']>;

/** Settings as an engine will make them of a create request. */
export async function settingsOfCreate(request: CreateRequest, engine: EngineView): Promise<ContainerSettings> {
  const config = request.HostConfig ?? {};
  const privileged = config.Privileged === true;
  const byRules = openedByRules((config.DeviceCgroupRules ?? []).flatMap((words) => ruleOfWords(words) ?? []));
  const everyDevice = privileged || byRules.everyDevice;
  const [hostNamespaces, given, devices, engineSockets] = await Promise.all([
    sharedNamespaces(config, engine),
    requestedMounts(request, engine),
    everyDevice ? { devices: [], tooMany: [] } : givenDevices(config, byRules.devices, engine.host),
    engine.host.sockets(),
  ]);
  return {
    everyDevice,
    hostNamespaces,
    addedCapabilities: addedByWords({
      add: config.CapAdd ?? [],
      drop: config.CapDrop ?? [],
      privileged: privileged ? 'yes' : 'no',
    }),
    mounts: given.mounts,
    tooMany: [...given.tooMany, ...devices.tooMany],
    devices: devices.devices,
    seccomp: seccompOf(config, engine),
    systemPaths: systemPathsOf(config),
    engineSockets,
  };
}

/** One that is not there is left to the engine, which refuses it. */
async function givenDevices(config: HostConfig, opened: readonly HostDevice[], host: HostView): Promise<GivenDevices> {
  const paths = [...new Set((config.Devices ?? []).map(({ PathOnHost }) => PathOnHost ?? ''))];
  if (paths.length > mostDevices) return moreDevices;
  const found = await host.devices(paths);
  const files = paths.map((path) => found.get(path));
  if (files.includes(undefined)) return moreDevices;
  return devicesOf([...opened, ...files.flatMap((devices) => devices ?? [])], host);
}

async function sharedNamespaces(config: HostConfig, engine: EngineView): Promise<readonly SharedNamespace[]> {
  const shared: SharedNamespace[] = [];
  const add = async (namespace: HostNamespace, mode: string | null | undefined): Promise<void> => {
    const certainty = await certaintyOf(namespace, { mode: mode ?? '', engine });
    if (certainty !== undefined) shared.push({ namespace, certainty });
  };
  await add('pid', config.PidMode);
  await add('network', config.NetworkMode);
  await add('ipc', config.IpcMode);
  await add('uts', config.UTSMode);
  await add('user', engine.remapsUsers ? config.UsernsMode : 'host');
  await add('cgroup', isSet(config.CgroupnsMode) ? config.CgroupnsMode : engine.cgroupNamespace);
  return shared;
}

/** `container:NAME` shares what that container shares. */
async function certaintyOf(
  namespace: HostNamespace,
  { mode, engine }: { readonly mode: string; readonly engine: EngineView },
): Promise<SharedNamespace['certainty'] | undefined> {
  if (mode === 'host') return 'shared';
  if (!mode.startsWith('container:')) return undefined;
  const other = await engine.container(mode.slice('container:'.length));
  if (other === undefined) return 'not-seen';
  return other.hostNamespaces.includes(namespace) ? 'shared' : undefined;
}

function isSet(word: string | null | undefined): word is string {
  return word !== undefined && word !== null && word !== '';
}

/** `systempaths=unconfined` travels as two empty lists; a privileged container has none of them, whatever it names. */
function systemPathsOf({ Privileged, SecurityOpt, MaskedPaths, ReadonlyPaths }: HostConfig): SystemPaths {
  if (Privileged === true || (SecurityOpt ?? []).some((option) => /^systempaths[=:]unconfined$/.test(option)))
    return 'open';
  return systemPathsBy(MaskedPaths ?? usualMasked, ReadonlyPaths ?? usualReadonly);
}

/**
 * `seccomp=unconfined`, `seccomp=JSON`, older ones with a colon; the last one counts. Profiles travel as their text. A
 * privileged container has none, whatever it names.
 */
function seccompOf(config: HostConfig, engine: EngineView): ContainerSettings['seccomp'] {
  if (config.Privileged === true) return 'off';
  const words = (config.SecurityOpt ?? []).flatMap((option) => /^seccomp[=:](.*)$/s.exec(option)?.[1] ?? []);
  const profile = words.at(-1);
  if (profile === undefined || profile === '') return engine.seccomp;
  if (profile === 'unconfined') return 'off';
  if (profile === 'builtin') return 'on';
  const read = SeccompProfile.safeParse(parse(profile));
  return read.success ? seccompBy(read.data.defaultAction) : 'open';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
