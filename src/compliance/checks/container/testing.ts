import { known } from '#base/index.ts';
import type { ContainerProcess, ContainerShape } from '#inventory/index.ts';
import type { CheckContext } from '../../check.ts';
import { type CheckResult, evaluate } from '../../evaluate.ts';
import { containerChecks } from './index.ts';

export const shell: ContainerProcess = {
  program: 'server',
  uid: 10_001,
  seccomp: 2,
  seccompFilters: 1,
  noNewPrivileges: true,
};

/** One that every check passes. */
export const good: ContainerShape = {
  privileged: false,
  everyDevice: false,
  devices: [],
  deviceRequests: [],
  hostNamespaces: [],
  joinedNetwork: 'none',
  joinedProcesses: 'none',
  ipc: 'private',
  capabilities: ['NET_BIND_SERVICE'],
  declaredCapabilities: ['NET_BIND_SERVICE'],
  processCapabilities: [],
  seccomp: 'on',
  seccompProfile: 'default',
  systemPaths: 'closed',
  noNewPrivileges: true,
  hostConfinement: ['apparmor', 'selinux'],
  apparmorProfile: 'docker-default',
  processLabel: 'docker-default (enforce)',
  selinux: 'on',
  writableCgroups: false,
  cgroupParent: '',
  sysctls: [],
  mounts: [],
  volumes: [],
  inheritedMounts: [],
  propagations: [],
  engineFolders: ['/var/lib/docker'],
  engineSockets: ['/run/docker.sock', '/run/containerd'],
  loosePaths: [],
  readonlyRoot: true,
  tmpfs: [],
  networks: ['app'],
  ports: [],
  publishAll: false,
  links: [],
  extraHosts: [],
  memory: 67_108_864,
  memorySwap: 0,
  cpu: { most: 0.5, weight: 0 },
  pids: 64,
  limits: ['nofile', 'nproc'],
  oom: { killer: 'on', score: 0 },
  restart: { policy: 'no', retries: 0 },
  swarmTask: false,
  logDriver: 'json-file',
  health: 'healthy',
  runtime: { name: 'runc', path: 'runc' },
  userRemap: 'on',
  rootUid: 100_000,
  groups: [],
  engineGroups: ['root', 'docker', '998'],
  processes: [shell],
  environmentSecrets: [],
  argumentSecrets: [],
  tag: { tag: 'app:1', running: 'sha256:1', current: 'sha256:1' },
  imagePresent: true,
};

/** What all checks say of a container that differs from the good one. */
export function answers(change: Partial<ContainerShape>, context: CheckContext): readonly CheckResult[] {
  const shape = { ...good, ...change };
  const facts = Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, known(value, name)]));
  return evaluate(containerChecks, facts as never, context);
}
