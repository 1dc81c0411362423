import { tooMany } from '../../too-many.ts';
import { openingsOf } from '../../confinement.ts';
import { type FindMeeting, meetingWith, type MetMount, mountsMeeting } from '../../path-overlap.ts';
import { type ContainerSettings, holdsPath, type HostDevice, type HostMount, isDisk } from '#inventory/index.ts';
import type { SettingsObjection, SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';

type Setting = SettingsRuleOf<'host-paths'>;

export const hostPaths: SettingsRuleKind<Setting> = {
  id: 'host-paths',
  version: 3,
  summary: 'Host path mounts in any form; disks count as the whole host',
  evaluate(settings, { deny }) {
    const meeting = meetingWith(deny);
    return [
      ...settings.tooMany.map((what) => tooMany[what]),
      ...mountsMeeting(settings.mounts, meeting).map(objectionTo),
      ...disksOf(settings),
      ...settings.devices.flatMap((device) => (isDisk(device) ? [] : fileOf(device, meeting))),
    ];
  },
};

function objectionTo(met: MetMount<HostMount>): SettingsObjection {
  const { source, target } = met.mount;
  const into = target === '' ? '' : ` into ${target}`;
  const remedies = {
    docker: `Leave out the mount of ${source}, use a volume, or take the folder out of the rule.`,
    pod: `Leave out the mount at ${target} and its hostPath volume, use an emptyDir or a persistentVolumeClaim, or take the folder out of the rule.`,
  };
  if (met.kind === 'not-seen') {
    return { message: `It mounts ${source}${into}, of which cannot be seen where it leads.`, remedies };
  }
  const { path, folder } = met;
  const really = path === source ? '' : `, which is ${path} on the host`;
  const why = folder !== path && holdsPath(path, folder) ? `that holds ${folder}, which` : `${folder} is what`;
  return { message: `It mounts ${source}${into}${really}; ${why} the rule denies.`, remedies };
}

function disksOf({ everyDevice, devices }: ContainerSettings): readonly SettingsObjection[] {
  if (openingsOf({ everyDevice }).length > 0) {
    return [
      {
        message: 'Every device is open to it, the host’s disks among them, so it reaches every folder of the host.',
        remedies: {
          docker: 'Leave out --privileged and rules for all devices; give single devices with --device.',
          pod: 'Set securityContext.privileged: false; give single devices by a device plugin.',
        },
      },
    ];
  }
  return devices.filter(isDisk).map((device) => ({
    message: `The device ${nameOf(device)} is open to it, and a disk or memory of the host holds every folder.`,
    remedies: {
      docker: `Leave out --device and device rules for ${nameOf(device)}; mount a volume.`,
      pod: `Ask for no resource that brings ${nameOf(device)}; use a persistentVolumeClaim.`,
    },
  }));
}

function fileOf({ path }: HostDevice, meeting: FindMeeting): readonly SettingsObjection[] {
  const folder = path === undefined ? undefined : meeting(path);
  if (path === undefined || folder === undefined) return [];
  return [
    {
      message: `It is given the device ${path}; the rule denies ${folder}.`,
      remedies: {
        docker: `Leave out --device ${path}, or take the folder out of the rule.`,
        pod: `Ask for no resource that brings ${path}, or take the folder out of the rule.`,
      },
    },
  ];
}

function nameOf({ path, type, major, minor }: HostDevice): string {
  return path ?? `${type} ${major ?? '*'}:${minor ?? '*'}`;
}
