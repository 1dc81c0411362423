import { byDefault, type Field, known, type MissingField, missing } from '#base/index.ts';
import type { ContainerShape } from '../container-shape.ts';
import { settingsOfCreate } from '../of-create.ts';
import { CreateRequest } from '../schema.ts';
import type { ContainerSettings, HostMount } from '../settings.ts';
import type { EngineContext } from './engine-document.ts';
import { allMissing } from './member.ts';

export type SettingsFields = {
  readonly [Name in (typeof names)[number]]: Field<ContainerShape[Name]>;
};

const names = ['everyDevice', 'devices', 'hostNamespaces', 'seccomp', 'systemPaths', 'engineSockets'] as const;

/** Where each of them is asked for, as far as there is one place. */
const places: Readonly<Record<(typeof names)[number], string>> = {
  everyDevice: 'HostConfig.Privileged, HostConfig.DeviceCgroupRules',
  devices: 'HostConfig.Devices, HostConfig.DeviceCgroupRules',
  hostNamespaces: 'HostConfig.*Mode',
  seccomp: 'HostConfig.SecurityOpt',
  systemPaths: 'HostConfig.MaskedPaths, HostConfig.ReadonlyPaths',
  engineSockets: 'sockets of the host',
};

export interface ReadSettings<Fields> {
  readonly fields: Fields;
  readonly mounts: Field<readonly HostMount[]>;
}

/** What the gate reads of a request, as fields: mounts with traced places, devices, namespaces, system calls. */
export async function engineSettings({ document, around }: EngineContext): Promise<ReadSettings<SettingsFields>> {
  const request = CreateRequest.safeParse(document.request);
  if (!request.success) return unreadable('the document’s HostConfig is not of the expected form');
  const read = settingsFields(await settingsOfCreate(request.data, around.view), places);
  const { SecurityOpt: options, Privileged: isPrivileged } = request.data.HostConfig ?? {};
  const asksForOne = isPrivileged === true || (options ?? []).some((option) => /^seccomp[=:]/.test(option));
  const own = around.facts.seccompProfile;
  if (asksForOne || own.kind === 'missing' || !own.value.startsWith('/')) return read;
  // Whether a filter that was written for this engine lets everything through stands in its file alone.
  const seccomp = missing(`the engine filters by a profile of its own, ${own.value}, which its answers do not show`);
  return { ...read, fields: { ...read.fields, seccomp } };
}

/** Fields of settings that are known, as far as they are not too many. */
export function settingsFields(
  settings: ContainerSettings,
  at: Readonly<Record<(typeof names)[number], string>>,
): ReadSettings<SettingsFields> {
  const { everyDevice, devices, hostNamespaces, seccomp, systemPaths, engineSockets, mounts, tooMany } = settings;
  return {
    fields: {
      everyDevice: known(everyDevice, at.everyDevice),
      devices: tooMany.includes('devices') ? more('devices') : known(devices, at.devices),
      hostNamespaces: known(hostNamespaces, at.hostNamespaces),
      seccomp: known(seccomp, at.seccomp),
      systemPaths: known(systemPaths, at.systemPaths),
      engineSockets: byDefault(engineSockets, at.engineSockets, 'engine'),
    },
    mounts: tooMany.includes('mounts') ? more('mounts') : known(mounts, 'HostConfig.Binds, HostConfig.Mounts'),
  };
}

export function unreadable(why: string): ReadSettings<SettingsFields> {
  return { fields: allMissing(names, why), mounts: missing(why) };
}

function more(what: string): MissingField {
  return missing(`it has more ${what} than are looked at`);
}
