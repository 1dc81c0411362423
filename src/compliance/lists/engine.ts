import type { OperatorList } from './operator-list.ts';

/** Lists that checks of engines, services and registries compare with. */
export const engineLists = {
  'authorization-plugins': {
    title: 'Authorization plugins',
    entry: 'Name of a plugin that judges requests to the engine: seawall',
    shipped: ['seawall'],
  },
  'cgroup-parents': {
    title: 'Parents of containers’ control groups',
    entry: 'Control group below which an engine may put containers: /apps.slice',
    shipped: [],
  },
  'engine-configurations': {
    title: 'Approved configurations of engines',
    entry: 'SHA-256 of flags and settings in force, as the check shows it',
  },
  'engine-runtimes': {
    title: 'Runtimes',
    entry: 'Path of a runtime as the engine has it, or its hash: /usr/bin/runc, sha256:…',
    shipped: ['runc', '/usr/bin/runc', '/usr/sbin/runc', '/usr/local/bin/runc', '/usr/local/sbin/runc'],
  },
  'managed-plugins': {
    title: 'Managed plugins',
    entry: 'Reference of a plugin of the engine: docker.io/vieux/sshfs:latest',
    shipped: [],
  },
  'moving-tags': {
    title: 'Tags that may move',
    entry: 'Tag that is no release: latest',
    shipped: ['latest', 'edge', 'nightly', 'main', 'master', 'dev'],
  },
  'nri-plugins': {
    title: 'NRI plugins',
    entry: 'Hash of a plugin of the Node Resource Interface: sha256:…',
    shipped: [],
  },
  'public-repositories': {
    title: 'Public repositories',
    entry: 'Repository that everyone may read: library/debian',
    shipped: [],
  },
  'registry-mirrors': {
    title: 'Mirrors of registries',
    entry: 'Address of a trusted mirror: https://mirror.example',
    shipped: [],
  },
  'registry-report-days': {
    title: 'Days between reports of a registry',
    entry: 'Days after which a registry that reported no push or removal is taken for silent: 7',
  },
  'seccomp-profiles': {
    title: 'Profiles of system calls',
    entry: 'Path of an approved profile, as the engine names it: /etc/docker/seccomp.json',
    shipped: [],
  },
  'stale-tag-days': {
    title: 'Age of tags',
    entry: 'Days after which a tag that nothing runs is old: 90',
    shipped: ['90'],
  },
  'swarm-authority-days': {
    title: 'Age of a swarm’s authority',
    entry: 'Days after which the authority of a swarm is to be changed: 365',
    shipped: ['365'],
  },
  'swarm-certificate-days': {
    title: 'Life of nodes’ certificates',
    entry: 'Most days for which a certificate of a swarm’s node may hold: 90',
    shipped: ['90'],
  },
  'swarm-engines': {
    title: 'Engines in a swarm',
    entry: 'Name of a host whose engine is meant to be in a swarm: node-1',
    shipped: [],
  },
  'swarm-key-days': {
    title: 'Age of the key that unlocks managers',
    entry: 'Days after which the key is to be changed: 90',
    shipped: ['90'],
  },
  'trusted-repositories': {
    title: 'Trusted repositories',
    entry: 'Registry, or repositories of one, from which images are taken: registry.example/team',
  },
} as const satisfies Readonly<Record<string, OperatorList>>;
