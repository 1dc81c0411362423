import type { OperatorList } from './operator-list.ts';

/** Lists that checks of engines, services and registries compare with. */
export const engineLists = {
  'authorization-plugins': {
    title: 'Authorization plugins',
    entry: 'Name of a plugin that judges requests to the engine: seawall',
    shipped: ['seawall'],
  },
  'engine-configurations': {
    title: 'Approved configurations of engines',
    entry: 'SHA-256 of flags and settings in force, as the check shows it',
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
