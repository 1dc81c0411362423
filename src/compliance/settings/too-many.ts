import { mostDevices, mostMounts } from '#inventory/index.ts';
import type { SettingsObjection } from './rule.ts';

/** What rules that look at mounts or devices say where there are more than are judged: nothing of them is known. */
export const tooMany = {
  mounts: {
    message: `It has more than ${mostMounts} mounts, which are more than can be judged while its start waits.`,
    remedies: {
      docker: `Give it at most ${mostMounts} mounts and volumes: mount the folder that holds several of them.`,
      pod: `Give it at most ${mostMounts} volumeMounts: mount the folder that holds several of them.`,
    },
  },
  devices: {
    message: `More than ${mostDevices} devices are open to it, or some that cannot be seen: disks may be among them.`,
    remedies: {
      docker: `Give it at most ${mostDevices} devices, each by its own --device.`,
      pod: `Ask for resources that bring at most ${mostDevices} devices.`,
    },
  },
} as const satisfies Record<string, SettingsObjection>;
