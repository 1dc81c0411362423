import type { OperatorList } from './operator-list.ts';

/** Lists that checks of containers and networks compare with. */
export const containerLists = {
  'allowed-capabilities': {
    title: 'Capabilities that a container may have',
    entry: 'Name of a capability without CAP_: NET_BIND_SERVICE',
    shipped: ['NET_BIND_SERVICE'],
  },
  'allowed-added-capabilities': {
    title: 'Capabilities that a container may have beyond the engine’s usual set',
    entry: 'Name of a capability without CAP_: NET_ADMIN',
    shipped: [],
  },
  'allowed-host-paths': {
    title: 'Host paths that may be mounted read-only',
    entry: 'Path of the host with all that it holds: /etc/localtime',
    shipped: ['/etc/localtime', '/etc/timezone', '/usr/share/zoneinfo', '/etc/ssl/certs', '/usr/share/ca-certificates'],
  },
  'denied-host-paths': {
    title: 'Further host paths that must not be mounted',
    entry: 'Path of the host with all that it holds: /srv/secrets. / is the whole host alone',
    shipped: [],
  },
  'approved-ports': {
    title: 'Ports that may be published',
    entry: 'Port of the host and protocol: 443/tcp',
  },
  'allowed-low-ports': {
    title: 'Ports below 1024 that may be published',
    entry: 'Port of the host and protocol: 443/tcp',
    shipped: [],
  },
  'allowed-devices': {
    title: 'Devices that may be given to containers',
    entry: 'Path of a device: /dev/fuse. Disks, memory and /dev/kvm are never allowed by it',
    shipped: [],
  },
  'approved-accelerators': {
    title: 'Approved accelerators',
    entry: 'Name of a driver, or driver and device: nvidia, cdi:nvidia.com/gpu=0',
    shipped: [],
  },
  'approved-syscall-profiles': {
    title: 'Approved seccomp profiles',
    entry:
      'Of a container SHA-256 of the profile’s JSON with sorted keys and without spaces, in hexadecimal digits; of an engine the profile’s path: /etc/docker/seccomp.json',
    shipped: [],
  },
  'approved-cgroup-parents': {
    title: 'Approved parent cgroups',
    entry: 'Name or path of a parent cgroup, as a container or the engine’s settings name it: batch.slice',
    shipped: [],
  },
  'safe-sysctls': {
    title: 'Kernel parameters that a container may set',
    entry: 'Name of a parameter that belongs to a namespace: net.ipv4.tcp_syncookies',
    shipped: [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.ip_local_reserved_ports',
      'net.ipv4.ip_unprivileged_port_start',
      'net.ipv4.ping_group_range',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_syncookies',
    ],
  },
  'approved-runtimes': {
    title: 'Approved OCI runtimes',
    entry:
      'Program of a runtime as the engine has it, a name with its program, or a program’s hash: /usr/bin/runc, kata=/usr/bin/containerd-shim-kata-v2, sha256:…',
    shipped: [
      'runc',
      '/usr/bin/runc',
      '/usr/sbin/runc',
      '/usr/local/bin/runc',
      '/usr/local/sbin/runc',
      '/var/lib/seawall/gate/seawall-runc',
    ],
  },
  'guarded-names': {
    title: 'Names that containers must not redefine',
    entry: 'Host name, in lower case: registry.example.com',
    shipped: [
      'docker.io',
      'registry-1.docker.io',
      'auth.docker.io',
      'index.docker.io',
      'ghcr.io',
      'quay.io',
      'registry.k8s.io',
      'metadata',
      'metadata.google.internal',
      'kubernetes.default.svc',
    ],
  },
} as const satisfies Readonly<Record<string, OperatorList>>;
