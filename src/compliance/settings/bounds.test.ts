import { expect, test } from 'vitest';
import type { SettingsRule } from '../contract.ts';
import {
  type ContainerSettings,
  CreateRequest,
  type EngineView,
  holdsPath,
  type HostView,
  mostDevices,
  mostMounts,
  RuntimeSpec,
  settingsOfCreate,
  settingsOfSpec,
  nothingOfHost,
} from '#inventory/index.ts';
import { judgeSettings } from './judge-settings.ts';

const rules: readonly SettingsRule[] = [
  { kind: 'engine-socket', effect: 'block' },
  { kind: 'host-paths', deny: ['/etc'], effect: 'block' },
];

/** A host without links, and an engine whose containers have the same many mounts; both count what they are asked. */
function counted(mountsOfEach = 0): { readonly engine: EngineView; readonly asked: string[] } {
  const asked: string[] = [];
  const host: HostView = {
    engineRoot: '/var/lib/docker',
    async places(paths) {
      asked.push('places');
      return new Map(paths.map((path) => [path, [path]]));
    },
    async devices(paths) {
      asked.push('devices');
      return new Map(paths.map((path, at) => [path, [{ type: 'character' as const, major: 240, minor: at }]]));
    },
    async devicePaths(devices) {
      asked.push('device paths');
      return devices.map(() => undefined);
    },
    isHostNamespace: async () => false,
    sockets: async () => ['/run/docker.sock'],
  };
  const mounts = Array.from({ length: mountsOfEach }, (_, at) => ({
    kind: 'volume' as const,
    source: `volume-${at}`,
    target: `/v/${at}`,
  }));
  const engine: EngineView = {
    host,
    remapsUsers: false,
    cgroupNamespace: 'private',
    seccomp: 'on',
    async container(name) {
      asked.push(`container ${name}`);
      return { hostNamespaces: [], mounts };
    },
    async volume(name) {
      asked.push(`volume ${name}`);
      return { driver: 'local', options: {} };
    },
  };
  return { engine, asked };
}

const range = (length: number): readonly number[] => Array.from({ length }, (_, at) => at);

function create(config: object, engine: EngineView): Promise<ContainerSettings> {
  return settingsOfCreate(CreateRequest.parse({ Image: 'x', ...config }), engine);
}

function spec(count: number, { host }: EngineView): Promise<ContainerSettings> {
  const id = 'a'.repeat(64);
  const own = ['hostname', 'hosts', 'resolv.conf', 'mounts/shm'].map((name) => ({
    destination: `/etc/${name}`,
    type: 'bind',
    source: `/var/lib/docker/containers/${id}/${name}`,
  }));
  const mounts = range(count).map((at) => ({ destination: `/m/${at}`, type: 'bind', source: `/srv/${at}` }));
  const usual = [{ destination: '/proc', type: 'proc', source: 'proc' }];
  return settingsOfSpec(RuntimeSpec.parse({ mounts: [...usual, ...own, ...mounts] }), host);
}

const objections = (settings: ContainerSettings): readonly string[] =>
  judgeSettings(settings, rules, 'docker').map(({ kind, message, remedy }) => `${kind}: ${message} ${remedy}`);

test('as many mounts as are judged cost one look at the host, in both forms', async () => {
  const { engine, asked } = counted();
  const Binds = range(mostMounts).map((at) => `/srv/${at}:/m/${at}`);
  expect(objections(await create({ HostConfig: { Binds } }, engine))).toEqual([]);
  expect(asked.filter((what) => what === 'places')).toHaveLength(1);
  asked.length = 0;
  expect(objections(await spec(mostMounts, engine))).toEqual([]);
  expect(asked.filter((what) => what === 'places')).toHaveLength(1);
});

test('more mounts are refused alike in every form, and nobody is asked about them', async () => {
  const { engine, asked } = counted();
  const more = range(mostMounts + 1);
  const forms = [
    create({ HostConfig: { Binds: more.map((at) => `/srv/${at}:/m/${at}`) } }, engine),
    create({ HostConfig: { Binds: more.map((at) => `volume-${at}:/m/${at}`) } }, engine),
    create({ HostConfig: { Mounts: more.map((at) => ({ Type: 'volume', Target: `/m/${at}` })) } }, engine),
    create({ Volumes: Object.fromEntries(more.map((at) => [`/m/${at}`, {}])) }, engine),
    create({ HostConfig: { VolumesFrom: more.map((at) => `container-${at}`) } }, engine),
    spec(mostMounts + 1, engine),
  ];
  const answers = await Promise.all(forms.map(async (form) => objections(await form)));
  for (const answer of answers) {
    expect(answer).toEqual([
      expect.stringMatching(/^engine-socket: It has more than 256 mounts, .+: mount the folder that holds/),
      expect.stringMatching(/^host-paths: It has more than 256 mounts, .+: mount the folder that holds/),
    ]);
  }
  expect(asked.filter((what) => /^(?:places|container|volume)/.test(what))).toEqual([]);
});

test('mounts of other containers are counted while they are collected', async () => {
  const { engine, asked } = counted(100);
  const VolumesFrom = range(200).map((at) => `container-${at}`);
  expect((await create({ HostConfig: { VolumesFrom } }, engine)).tooMany).toEqual(['mounts']);
  expect(asked.filter((what) => what.startsWith('container'))).toHaveLength(3);
  expect(asked.filter((what) => what.startsWith('volume'))).toEqual([]);
});

test('a volume of more folders than an overlay takes cannot be seen', async () => {
  const { engine } = counted();
  const lowerdir = range(300).map((at) => `/srv/${at}`);
  const Options = { type: 'overlay', device: 'overlay', o: `lowerdir=${lowerdir.join(':')}` };
  const Mounts = [{ Type: 'volume', Target: '/v', VolumeOptions: { DriverConfig: { Options } } }];
  expect((await create({ HostConfig: { Mounts } }, engine)).mounts).toMatchObject([{ place: { kind: 'not-seen' } }]);
});

test('more devices than are judged are refused alike in both forms', async () => {
  const { engine, asked } = counted();
  const more = range(mostDevices + 1);
  const Devices = more.map((at) => ({ PathOnHost: `/dev/${at}` }));
  const devices = more.map((at) => ({ path: `/dev/${at}`, type: 'c', major: 240, minor: at }));
  const spoken = 'host-paths: More than 256 devices are open to it, or some that cannot be seen';
  expect(objections(await create({ HostConfig: { Devices } }, engine))).toEqual([expect.stringContaining(spoken)]);
  const ofSpec = await settingsOfSpec(RuntimeSpec.parse({ linux: { devices } }), engine.host);
  expect(objections(ofSpec)).toEqual([expect.stringContaining(spoken)]);
  expect(asked.filter((what) => what === 'devices')).toEqual([]);
});

test('rules over paths do not compare each path with each folder', () => {
  const paths = range(3000).map((at) => `/srv/${at}/data`);
  const deny = range(3000).map((at) => `/home/${at}/keys`);
  const judging = least(
    () => judgeSettings(settingsWith(paths), [{ kind: 'host-paths', deny, effect: 'block' }], 'docker').length,
  );
  const comparing = least(() => paths.filter((path) => deny.some((one) => holdsPath(one, path))).length);
  expect(judging).toBeLessThan(comparing / 5);
});

/** Time of the quickest of three runs, of work that finds nothing. */
function least(work: () => number): number {
  const times = range(3).map(() => {
    const began = performance.now();
    expect(work()).toBe(0);
    return performance.now() - began;
  });
  return Math.min(...times);
}

function settingsWith(paths: readonly string[]): ContainerSettings {
  return {
    ...nothingOfHost,
    mounts: [{ source: '/srv', target: '/m', place: { kind: 'paths', paths } }],
  };
}
