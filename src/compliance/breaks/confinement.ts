import type { Breaks } from './break.ts';
import { namespaces } from './sound.ts';

const kept = 'no-new-privileges:true';

/** What keeps a container apart from its host. */
export const confinementBreaks = {
  'CTR-002': { host: { SecurityOpt: [kept, 'apparmor=unconfined'] } },
  'CTR-004': { host: { SecurityOpt: [kept, 'label=disable'] } },
  'CTR-047': { host: { SecurityOpt: [kept, 'seccomp=unconfined'] }, spec: { linux: { seccomp: undefined } } },
  'CTR-049': { host: { SecurityOpt: [kept, 'seccomp={"defaultAction":"SCMP_ACT_ERRNO"}'] } },
  'CTR-053': { host: { CgroupParent: 'seawall-trial' } },
  'CTR-055': {
    host: { SecurityOpt: [kept, 'writable-cgroups=true'] },
    spec: { mounts: [{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['rw'] }] },
  },
  'CTR-066': {
    host: { MaskedPaths: [], ReadonlyPaths: [] },
    spec: { linux: { maskedPaths: [], readonlyPaths: [] } },
  },
  'CTR-067': {
    host: { Sysctls: { 'net.ipv4.ip_forward': '1' } },
    spec: { linux: { sysctl: { 'net.ipv4.ip_forward': '1' } } },
  },
  'CTR-030': { host: { NetworkMode: 'host' }, spec: { linux: { namespaces: namespaces('network') } } },
  'CTR-038': {
    host: { PidMode: 'host' },
    spec: { linux: { namespaces: namespaces('pid') } },
    // The engine switches labels off with it.
    with: ['CTR-004'],
  },
  'CTR-040': {
    host: { IpcMode: 'host' },
    spec: { linux: { namespaces: namespaces('ipc') } },
    with: ['CTR-004'],
  },
  'CTR-046': { host: { UTSMode: 'host' }, spec: { linux: { namespaces: namespaces('uts') } } },
  'CTR-054': { host: { CgroupnsMode: 'host' }, spec: { linux: { namespaces: namespaces('cgroup') } } },
  'CTR-063': { host: { UsernsMode: 'host' } },
  'CTR-064': { spec: { linux: { namespaces: namespaces('user') } } },
} as const satisfies Breaks;
