import type { SettingsObjection } from './rule.ts';

/**
 * Mounts of one container that are judged. An answer must be there within 100 ms, all else included: one mount costs up to
 * a tenth of a millisecond where links are followed on a busy host, so these take a quarter of it. What people run asks
 * for a few dozen.
 */
export const mostMounts = 256;

/** Devices of one container that are judged, each of which is looked up; a host has some two hundred. */
export const mostDevices = 256;

/** Folders that one volume is laid of. The kernel takes no more for an overlay than fit into one page of options. */
export const mostFolders = 256;

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
