import type { Break, Breaks } from './break.ts';

/** Where it is seen in the container. */
const target = '/m';

export function mounting(source: string, ...options: readonly string[]): Break {
  return {
    host: { Binds: [`${source}:${[target, options.join(',')].filter((word) => word !== '').join(':')}`] },
    spec: { mounts: [{ destination: target, type: 'bind', source, options: ['rbind', ...options] }] },
  };
}

/** What a container sees of its host's files and devices. */
export const hostFileBreaks = {
  'CTR-017': mounting('/boot', 'rw'),
  'CTR-018': mounting('/var/log', 'ro'),
  'CTR-019': mounting('/var/lib/kubelet', 'ro'),
  'CTR-020': mounting('/run/seawall', 'ro'),
  'CTR-021': {
    host: {
      Mounts: [
        {
          Type: 'volume',
          Source: 'seawall-trial',
          Target: target,
          VolumeOptions: { DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } } },
        },
      ],
    },
  },
  'CTR-024': mounting('/srv/seawall-trial', 'ro', 'rshared'),
  'CTR-035': { host: { ReadonlyRootfs: false }, spec: { root: { readonly: false } } },
  'CTR-036': {
    host: { Tmpfs: { [target]: 'exec' } },
    spec: { mounts: [{ destination: target, type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev'] }] },
  },
  'CTR-042': {
    host: { Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/kmsg', CgroupPermissions: 'rwm' }] },
    spec: { linux: { devices: [{ path: '/dev/kmsg', type: 'c', major: 1, minor: 11 }] } },
  },
  'CTR-043': {
    host: { DeviceCgroupRules: ['c 10:* rwm'] },
    spec: {
      linux: {
        resources: {
          devices: [
            { allow: false, access: 'rwm' },
            { allow: true, type: 'c', major: 10, access: 'rwm' },
          ],
        },
      },
    },
  },
  'CTR-044': { host: { DeviceRequests: [{ Driver: 'seawall-trial', Count: -1, Capabilities: [['gpu']] }] } },
} as const satisfies Breaks;
