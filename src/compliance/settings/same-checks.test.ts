import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answers } from '../checks/container/testing.ts';
import { checks } from '../checks/index.ts';
import type { Lists } from '../lists/index.ts';
import { type ContainerSettings, type ContainerShape, grantedByWords, isUsualCapability } from '#inventory/index.ts';
import { sameChecks, type SettingsRule } from '../contract.ts';
import { judgeSettings } from './judge-settings.ts';

const now = new Date('2026-11-30T00:00:00Z');
const denied = ['/etc', '/srv/secrets', '/var/lib/docker/volumes'];
const allowed = ['NET_ADMIN'];
const lists: Lists = { 'denied-host-paths': denied, 'allowed-added-capabilities': allowed };
const rules = {
  privileged: { kind: 'privileged', effect: 'block' },
  'engine-socket': { kind: 'engine-socket', effect: 'block' },
  'host-paths': { kind: 'host-paths', deny: denied, effect: 'block' },
  'host-namespaces': {
    kind: 'host-namespaces',
    deny: ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'],
    effect: 'block',
  },
  'added-capabilities': { kind: 'added-capabilities', allow: allowed, effect: 'block' },
  'seccomp-off': { kind: 'seccomp-off', effect: 'block' },
} as const satisfies Partial<Readonly<Record<SettingsRule['kind'], SettingsRule>>>;
type Kind = keyof typeof rules;
const kinds = Object.keys(rules) as readonly Kind[];
const containers = fc.sample(generatedContainers(), { numRuns: 500, seed: 20261130 }).map((settings) => ({
  settings,
  failed: failedBy(settings),
}));

describe('rules over settings and checks', () => {
  test.each(kinds)('%s names checks of containers', (kind) => {
    const ids = checks.container.map(({ id }) => id);
    expect(sameChecks(kind).length).toBeGreaterThan(0);
    expect(sameChecks(kind).filter((id) => !ids.includes(id))).toEqual([]);
  });

  test.each(kinds)('what %s refuses fails one of its checks', (kind) => {
    const refused = containers.filter((container) => isRefused(container, kind));
    expect(refused.length).toBeGreaterThan(containers.length / 40);
    expect(containers.length - refused.length).toBeGreaterThan(containers.length / 40);
    expect(refused.filter((container) => failing(container, kind).length === 0)).toEqual([]);
  });

  test.each(['seccomp-off', 'added-capabilities', 'host-namespaces'] as const)(
    'what fails a check of %s is refused by it',
    (kind) => {
      const failed = containers.filter((container) => failing(container, kind).length > 0);
      expect(failed.filter((container) => !isRefused(container, kind))).toEqual([]);
    },
  );

  test('what fails CTR-020 is refused by engine-socket, and what fails CTR-066 by privileged', () => {
    for (const [id, kind] of [
      ['CTR-020', 'engine-socket'],
      ['CTR-066', 'privileged'],
    ] as const) {
      const failed = containers.filter((container) => failing(container, kind).includes(id));
      expect(failed.length).toBeGreaterThan(0);
      expect(failed.filter((container) => !isRefused(container, kind))).toEqual([]);
    }
  });
});

interface Judged {
  readonly settings: ContainerSettings;
  /** Ids of all checks that it fails. */
  readonly failed: readonly string[];
}

function isRefused({ settings }: Judged, kind: Kind): boolean {
  return judgeSettings(settings, [rules[kind]], 'docker').length > 0;
}

function failing({ failed }: Judged, kind: Kind): readonly string[] {
  return failed.filter((id) => sameChecks(kind).includes(id));
}

function failedBy(settings: ContainerSettings): readonly string[] {
  return answers(shapeOf(settings), { now, lists })
    .filter(({ state }) => state === 'fail')
    .map(({ id }) => id);
}

/** The same container as checks read it: its mounts by a path of the host, half of them writable. */
function shapeOf(settings: ContainerSettings): Partial<ContainerShape> {
  const { everyDevice, devices, hostNamespaces, seccomp, systemPaths, engineSockets, mounts } = settings;
  const isHostsUser = hostNamespaces.some(({ namespace }) => namespace === 'user');
  return {
    privileged: everyDevice && systemPaths === 'open',
    everyDevice,
    devices,
    hostNamespaces,
    seccomp,
    systemPaths,
    engineSockets,
    capabilities: ['CHOWN', ...settings.addedCapabilities],
    mounts: mounts.map((mount, at) => ({ ...mount, writable: at % 2 === 0 })),
    rootUid: isHostsUser ? 0 : 100_000,
  };
}

function generatedContainers(): fc.Arbitrary<ContainerSettings> {
  const capabilities = grantedByWords({ add: [], drop: [], privileged: 'yes' }).filter(
    (name) => !isUsualCapability(name),
  );
  const paths = ['/', '/etc', '/etc/ssl/certs', '/srv', '/srv/secrets/key', '/srv/www', '/run', '/run/docker.sock'];
  const place = fc.oneof(
    fc.record({ kind: fc.constant('paths' as const), paths: fc.subarray(paths, { minLength: 1, maxLength: 2 }) }),
    fc.constant({ kind: 'not-seen' as const }),
  );
  const mount = fc.record({ source: fc.constantFrom(...paths), target: fc.constantFrom('', '/m'), place });
  const shared = fc.subarray(['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'] as const, { maxLength: 2 });
  return fc.record({
    everyDevice: oneIn(5),
    hostNamespaces: fc
      .tuple(shared, fc.constantFrom('shared' as const, 'not-seen' as const))
      .map(([names, certainty]) => names.map((namespace) => ({ namespace, certainty }))),
    addedCapabilities: fc.subarray([...capabilities], { maxLength: 2 }),
    mounts: fc.array(mount, { maxLength: 3 }),
    tooMany: fc.constant([]),
    devices: fc.subarray(
      [
        { type: 'block' as const, major: 8, minor: 0, path: '/dev/sda' },
        { type: 'character' as const, major: 10, minor: 229, path: '/dev/fuse' },
        { type: 'character' as const, major: 250, minor: 1, path: '/etc/odd' },
        { type: 'block' as const, major: 8, minor: undefined },
      ],
      { maxLength: 1 },
    ),
    seccomp: fc.constantFrom('on' as const, 'open' as const, 'off' as const),
    systemPaths: fc.constantFrom('closed' as const, 'closed' as const, 'open' as const),
    engineSockets: fc.constant(['/run/docker.sock', '/run/containerd']),
  });
}

function oneIn(many: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: many }).map((drawn) => drawn === 1);
}
