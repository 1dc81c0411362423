import type { OperatorList } from './operator-list.ts';

/** Lists that checks of hosts compare with. */
export const hostLists = {
  'engine-accounts': {
    title: 'Accounts that control the engine',
    entry: 'Name of an account that may be in the group of the engine’s socket: deploy',
    shipped: [],
  },
  'minimal-systems': {
    title: 'Minimal operating systems',
    entry: 'ID of os-release, or ID-VARIANT_ID: flatcar, fedora-coreos',
    shipped: [
      'flatcar',
      'bottlerocket',
      'talos',
      'fedora-coreos',
      'rhcos',
      'cos',
      'opensuse-microos',
      'sl-micro',
      'sle-micro',
      'photon',
    ],
  },
  'host-package-limit': {
    title: 'Packages of a small host',
    entry: 'The highest number of packages, alone: 400',
    shipped: ['400'],
  },
  'host-services': {
    title: 'Services of hosts',
    entry: 'Path of a program that may accept connections on a host, or path and port: /usr/lib/systemd/systemd 22',
    shipped: [
      '/usr/sbin/sshd',
      '/usr/lib/systemd/systemd 22',
      '/usr/lib/systemd/systemd-resolved',
      '/usr/bin/dockerd',
      '/usr/sbin/dockerd',
      '/usr/bin/docker-proxy',
      '/usr/sbin/docker-proxy',
      '/usr/libexec/docker/docker-proxy',
      '/usr/bin/containerd',
      '/usr/bin/kubelet',
      '/usr/sbin/chronyd',
    ],
  },
  'login-delay-minutes': {
    title: 'Delay of login records',
    entry: 'Minutes after which a login on a host must have reached the collector: 15',
    shipped: ['15'],
  },
  'core-dump-programs': {
    title: 'Programs for core dumps',
    entry: 'Path of a program that the kernel may hand core dumps to: /usr/lib/systemd/systemd-coredump',
    shipped: [
      '/usr/lib/systemd/systemd-coredump',
      '/lib/systemd/systemd-coredump',
      '/usr/share/apport/apport',
      '/usr/libexec/abrt-hook-ccpp',
    ],
  },
  'containerd-namespaces': {
    title: 'Namespaces of containerd',
    entry: 'Namespace in which containers may run: moby',
    shipped: ['moby', 'plugins.moby', 'k8s.io'],
  },
  'static-pods': {
    title: 'Static pods',
    entry: 'Digest of a manifest that a kubelet may start by itself: sha256:9f86…',
    shipped: [],
  },
  'integrity-baseline-days': {
    title: 'Age of integrity baselines',
    entry: 'Days that the baseline of a file integrity tool may be old: 30',
    shipped: ['30'],
  },
  'unused-image-days': {
    title: 'Keeping unused images',
    entry: 'Days that an image which no container needs may stay on a host: 90',
    shipped: ['90'],
  },
  'stopped-container-days': {
    title: 'Keeping stopped containers',
    entry: 'Days after which a stopped container counts as left behind: 30',
    shipped: ['30'],
  },
  'stopped-container-limit': {
    title: 'Stopped containers left behind',
    entry: 'How many of them a host may have: 10',
    shipped: ['10'],
  },
} as const satisfies Readonly<Record<string, OperatorList>>;
