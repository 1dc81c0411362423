import { type FieldsOf, known } from '#base/index.ts';
import type { HostFile, HostFolder, HostShape } from '#inventory/index.ts';

/** A file of root's, in folders of root's. */
export function file(path: string, change: Partial<HostFile> = {}): HostFile {
  return { path, uid: 0, gid: 0, mode: 0o644, kind: 'file', parents: [folder('/'), folder('/etc')], ...change };
}

export function folder(path: string, change: Partial<HostFolder> = {}): HostFolder {
  return { path, uid: 0, gid: 0, mode: 0o755, ...change };
}

/** A host about which no check has anything to say. */
export const soundHost: HostShape = {
  engineService: [file('/usr/lib/systemd/system/docker.service')],
  engineSocketUnit: [file('/usr/lib/systemd/system/docker.socket')],
  engineFolder: [file('/etc/docker', { mode: 0o755, kind: 'folder' })],
  engineConfig: [file('/etc/docker/daemon.json')],
  engineDefaults: [file('/etc/default/docker')],
  engineSysconfig: [file('/etc/sysconfig/docker')],
  registryCertificates: [
    file('/etc/docker/certs.d/registry.test/ca.crt', { mode: 0o444 }),
    file('/etc/docker/certs.d/registry.test/client.key', { mode: 0o400 }),
  ],
  tlsAuthority: [file('/etc/docker/ca.pem', { mode: 0o444 })],
  tlsCertificate: [file('/etc/docker/cert.pem', { mode: 0o444 })],
  tlsKey: [file('/etc/docker/key.pem', { mode: 0o400 })],
  engineSockets: [file('/run/docker.sock', { gid: 998, mode: 0o660, kind: 'socket' })],
  dataRoot: [file('/var/lib/docker', { mode: 0o710, kind: 'folder' })],
  containerdFolder: [file('/run/containerd', { mode: 0o711, kind: 'folder' })],
  containerdSocket: [file('/run/containerd/containerd.sock', { mode: 0o660, kind: 'socket' })],
  containerdConfig: [file('/etc/containerd/config.toml')],
  engineProgram: [file('/usr/sbin/dockerd', { mode: 0o755 })],
  containerdProgram: [file('/usr/bin/containerd', { mode: 0o755 })],
  shimProgram: [file('/usr/bin/containerd-shim', { mode: 0o755 })],
  shimRuncV1Program: [file('/usr/bin/containerd-shim-runc-v1', { mode: 0o755 })],
  shimRuncV2Program: [file('/usr/bin/containerd-shim-runc-v2', { mode: 0o755 })],
  runtimePrograms: [file('/usr/sbin/runc', { mode: 0o755 }), file('/usr/sbin/runc.real', { mode: 0o755 })],
  sudoers: [file('/etc/sudoers', { mode: 0o440 })],
  kubeletFiles: [file('/etc/kubernetes/kubelet.conf', { mode: 0o600 })],
  otherRuntimeSockets: [file('/run/podman/podman.sock', { mode: 0o660, kind: 'socket' })],

  accounts: [
    { name: 'root', uid: 0, gid: 0 },
    { name: 'alice', uid: 1000, gid: 1000 },
  ],
  emptyPasswords: [],
  engineGroup: { name: 'docker', gid: 998, members: [] },
  subordinateUsers: [
    { owner: 'alice', first: 100_000, count: 65_536 },
    { owner: 'bob', first: 165_536, count: 65_536 },
  ],
  subordinateGroups: [{ owner: 'alice', first: 100_000, count: 65_536 }],
  groupIds: [0, 998, 1000],

  auditedPaths: [
    '/usr/sbin/dockerd',
    '/run/containerd',
    '/var/lib/docker',
    '/etc/docker',
    '/usr/lib/systemd/system/docker.service',
    '/usr/lib/systemd/system/docker.socket',
    '/run/containerd/containerd.sock',
    '/etc/default/docker',
    '/etc/docker/daemon.json',
    '/etc/containerd/config.toml',
    '/etc/sysconfig/docker',
    '/usr/bin/containerd',
    '/usr/bin/containerd-shim',
    '/usr/bin/containerd-shim-runc-v1',
    '/usr/bin/containerd-shim-runc-v2',
    '/usr/sbin/runc',
    '/usr/sbin/runc.real',
  ],
  auditState: { enabled: 2, lost: 0 },
  auditRules: ['key=docker path=/etc/docker perm=aw'],
  savedAuditRules: ['key=docker path=/etc/docker perm=aw'],
  loginRecords: { newest: '2026-11-29T10:00:00Z', delivered: '2026-11-29T10:00:00Z' },

  'kernel.unprivileged_bpf_disabled': 2,
  'kernel.kptr_restrict': 1,
  'kernel.dmesg_restrict': 1,
  'kernel.randomize_va_space': 2,
  'kernel.yama.ptrace_scope': 1,
  'fs.protected_symlinks': 1,
  'fs.protected_hardlinks': 1,
  'fs.suid_dumpable': 0,
  coreDumps: { pattern: 'core' },
  kexec: 'disabled',
  kernelIntegrity: { lockdown: 'integrity', appraisal: 'off' },
  selinux: 'enforcing',
  modules: [
    { name: 'dccp', state: 'blocked' },
    { name: 'sctp', state: 'absent' },
  ],
  mounts: [
    { point: '/tmp', root: '/', type: 'tmpfs', options: ['rw', 'nosuid', 'nodev'] },
    { point: '/dev/shm', root: '/', type: 'tmpfs', options: ['rw', 'nosuid', 'nodev', 'noexec'] },
  ],
  secureBoot: 'on',
  rootOfTrust: 'matches',

  listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 22, program: '/usr/sbin/sshd', owner: 'host' }],
  ssh: {
    permitRootLogin: 'prohibit-password',
    passwordAuthentication: 'no',
    keyboardInteractive: 'no',
    ciphers: ['aes256-gcm@openssh.com'],
  },
  clock: { service: 'chronyd', state: 'synchronised' },
  inputFilters: [
    { protocol: 'ipv4', otherwise: 'refused' },
    { protocol: 'ipv6', otherwise: 'refused' },
  ],
  logs: { daemon: 'systemd-journald', place: '/var/log/journal', kept: 'on-disk' },
  updaters: ['unattended-upgrades'],
  integrityWatch: { tool: 'aide', baseline: '2026-11-20T00:00:00Z' },
  system: { ids: ['fedora', 'fedora-coreos'], packages: 900 },
  kubelet: {
    anonymous: 'refused',
    authorization: 'Webhook',
    readOnlyPort: 0,
    rotateCertificates: 'on',
    seccompDefault: 'on',
  },
  staticPods: [],

  engineUser: 0,
  socketsWithAccessLists: [],
  dataRootDevice: { path: '/var/lib/docker', device: 65_025, parentDevice: 65_024 },
  mandatoryAccess: ['apparmor'],
  cgroupVersion: 2,
  programVerification: [
    { path: '/usr/sbin/dockerd', state: 'clean' },
    { path: '/usr/sbin/runc', state: 'own' },
  ],
  containerdTasks: [{ namespace: 'moby', tasks: 'running' }],
  unusedImages: [{ name: 'app:1', lastUsed: '2026-11-20T00:00:00Z' }],
  stoppedContainers: [{ name: 'job', stopped: '2026-11-29T00:00:00Z' }],
  sensitivities: [{ container: 'shop', level: 'high' }],
};

/** That host with other facts in some places, all of them known. */
export function hostWith(change: Partial<HostShape>): FieldsOf<HostShape> {
  const facts = Object.entries({ ...soundHost, ...change }).map(([name, value]) => [name, known(value, name)]);
  return Object.fromEntries(facts) as FieldsOf<HostShape>;
}
