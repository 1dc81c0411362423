import { usualMasked, usualReadonly } from '#inventory/index.ts';
import type { Part } from './break.ts';

const megabyte = 1024 * 1024;

/** User of the container, as a number that no host gives to a person. */
const nobody = 65_534;

/** Settings of a container that no check objects to, as an engine is asked for them and keeps them. */
export const soundHost: Part = {
  CapDrop: ['ALL'],
  NetworkMode: 'none',
  IpcMode: 'private',
  CgroupnsMode: 'private',
  ReadonlyRootfs: true,
  SecurityOpt: ['no-new-privileges:true'],
  Memory: 16 * megabyte,
  MemorySwap: 16 * megabyte,
  NanoCpus: 100_000_000,
  PidsLimit: 16,
  Ulimits: [
    { Name: 'nofile', Soft: 64, Hard: 64 },
    { Name: 'nproc', Soft: 16, Hard: 16 },
  ],
  RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
  LogConfig: { Type: 'json-file' },
  MaskedPaths: usualMasked,
  ReadonlyPaths: usualReadonly,
};

/** The rest of what an engine is asked for. There is no such program. */
export const soundConfig: Part = { User: `${nobody}:${nobody}`, Cmd: ['/nowhere'] };

/** The same as a runtime gets it. Without a program to run, every runtime refuses it before it makes anything. */
export const soundSpec: Part = {
  ociVersion: '1.0.2',
  process: {
    args: [],
    cwd: '/',
    user: { uid: nobody, gid: nobody },
    noNewPrivileges: true,
    apparmorProfile: 'docker-default',
    selinuxLabel: 'system_u:system_r:container_t:s0',
    oomScoreAdj: 0,
    capabilities: { bounding: [], effective: [], permitted: [] },
    rlimits: [
      { type: 'RLIMIT_NOFILE', hard: 64, soft: 64 },
      { type: 'RLIMIT_NPROC', hard: 16, soft: 16 },
    ],
  },
  root: { readonly: true },
  mounts: [],
  linux: {
    namespaces: namespaces(),
    uidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
    gidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
    resources: {
      devices: [{ allow: false, access: 'rwm' }],
      memory: { limit: 16 * megabyte, swap: 16 * megabyte },
      cpu: { quota: 10_000, period: 100_000 },
      pids: { limit: 16 },
    },
    seccomp: { defaultAction: 'SCMP_ACT_ERRNO' },
    maskedPaths: usualMasked,
    readonlyPaths: usualReadonly,
  },
};

/** All namespaces of a container's own, but for one. */
export function namespaces(without?: string): readonly Part[] {
  return ['pid', 'mount', 'network', 'ipc', 'uts', 'cgroup', 'user']
    .filter((type) => type !== without)
    .map((type) => ({ type }));
}
