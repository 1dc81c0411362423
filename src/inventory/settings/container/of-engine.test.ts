import { describe, expect, test } from 'vitest';
import { missing } from '#base/index.ts';
import type { ContainerShape } from '../container-shape.ts';
import { capabilitiesOfMask, grantedByWords } from '../capabilities.ts';
import { containerOfCreate, containerOfInspect } from './of-engine.ts';
import { otherContainer } from './namespaces.ts';
import { surroundingsOfInfo } from './surroundings.ts';
import { aroundFor, recorded } from './testing.ts';

type Row = readonly [field: keyof ContainerShape, config: Readonly<Record<string, unknown>>, value: unknown];

const nested = JSON.stringify({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [] });
const turned = '{ "syscalls": [], "defaultAction": "SCMP_ACT_ERRNO" }';
const mount = (more: object) => ({ Mounts: [{ Target: '/m', ...more }] });
const seen = (source: string, writable: boolean) => [
  { source, target: '/m', place: { kind: 'paths', paths: [source] }, writable },
];

const joined = { name: 'name of other', sensitivity: 'high', ownSensitivity: 'low' };

const rows: readonly Row[] = [
  ['capabilities', { CapDrop: ['all'], CapAdd: ['cap_sys_admin'] }, ['SYS_ADMIN']],
  ['capabilities', { CapDrop: ['ALL'] }, []],
  ['noNewPrivileges', { SecurityOpt: ['no-new-privileges'] }, true],
  ['noNewPrivileges', { SecurityOpt: ['no-new-privileges:true'] }, true],
  ['noNewPrivileges', { SecurityOpt: ['no-new-privileges=1'] }, true],
  ['noNewPrivileges', { SecurityOpt: ['no-new-privileges:false'] }, false],
  ['noNewPrivileges', { SecurityOpt: ['no-new-privileges:true', 'no-new-privileges:false'] }, false],
  ['noNewPrivileges', { SecurityOpt: ['no-new-privileges-at-all'] }, true],
  ['seccompProfile', { SecurityOpt: ['seccomp=unconfined'] }, 'unconfined'],
  ['seccompProfile', { SecurityOpt: ['seccomp:builtin'] }, 'default'],
  ['seccompProfile', { Privileged: true, SecurityOpt: [`seccomp=${nested}`] }, 'unconfined'],
  ['apparmorProfile', {}, 'docker-default'],
  ['apparmorProfile', { Privileged: true }, 'unconfined'],
  ['apparmorProfile', { SecurityOpt: ['apparmor:mine'] }, 'mine'],
  ['selinux', {}, 'on'],
  ['selinux', { SecurityOpt: ['label:disable'] }, 'off'],
  ['selinux', { SecurityOpt: ['label=level:s0'] }, 'on'],
  ['selinux', { PidMode: 'host' }, 'off'],
  ['selinux', { IpcMode: 'host' }, 'off'],
  ['writableCgroups', { SecurityOpt: ['writable-cgroups'] }, true],
  ['writableCgroups', { SecurityOpt: ['writable-cgroups=true'] }, true],
  ['writableCgroups', { SecurityOpt: ['writable-cgroups=false'] }, false],
  ['writableCgroups', { SecurityOpt: ['writable-cgroups=false', 'writable-cgroups'] }, true],
  ['userRemap', { UsernsMode: 'host' }, 'off'],
  ['cpu', { CpuPeriod: 1000 }, { most: 0, weight: 0 }],
  ['mounts', { Binds: ['/srv:/m'] }, seen('/srv', true)],
  ['mounts', { Binds: ['/srv:/m:z,ro'] }, seen('/srv', false)],
  ['mounts', mount({ Type: 'bind', Source: '/srv', ReadOnly: true }), seen('/srv', false)],
  ['mounts', { IpcMode: 'host' }, []],
  ['mounts', { IpcMode: 'host', Binds: ['/dev/shm:/m:ro'] }, seen('/dev/shm', false)],
  ['volumes', { Binds: ['data:/m'] }, []],
  [
    'volumes',
    mount({
      Type: 'volume',
      VolumeOptions: { DriverConfig: { Name: 'local', Options: { o: 'bind', device: '/etc' } } },
    }),
    seen('/etc', true),
  ],
  ['inheritedMounts', { VolumesFrom: ['other:ro'] }, seen('/etc', false)],
  ['inheritedMounts', { VolumesFrom: ['other'] }, seen('/etc', true)],
  ['inheritedMounts', { VolumesFrom: ['other'], Binds: ['/etc:/m'] }, []],
  ['propagations', { Binds: ['/srv:/m:ro,rshared'] }, [{ target: '/m', mode: 'shared' }]],
  [
    'propagations',
    mount({ Type: 'bind', Source: '/srv', BindOptions: { Propagation: 'shared' } }),
    [{ target: '/m', mode: 'shared' }],
  ],
  ['tmpfs', { Tmpfs: { '/t': '' } }, [{ target: '/t', bounded: false, executable: false, setuid: false }]],
  [
    'tmpfs',
    { Tmpfs: { '/t': 'size=0,exec,suid' } },
    [{ target: '/t', bounded: false, executable: true, setuid: true }],
  ],
  [
    'tmpfs',
    { Tmpfs: { '/t': 'exec,noexec,size=1m' } },
    [{ target: '/t', bounded: true, executable: false, setuid: false }],
  ],
  [
    'tmpfs',
    mount({ Type: 'tmpfs', TmpfsOptions: { SizeBytes: 9, Options: [['exec']] } }),
    [{ target: '/m', bounded: true, executable: true, setuid: false }],
  ],
  ['networks', {}, ['bridge']],
  ['networks', { NetworkMode: 'default' }, ['bridge']],
  ['networks', { NetworkMode: 'container:other' }, []],
  [
    'ports',
    { PortBindings: { '80/udp': [{ HostIp: '::1', HostPort: '8000-8010' }], '81/tcp': null } },
    [{ protocol: 'udp', port: 80, address: '::1', from: 8000, to: 8010 }],
  ],
  ['ports', { PortBindings: { '80/tcp': [{}] } }, [{ protocol: 'tcp', port: 80, address: '', from: 0, to: 0 }]],
  ['extraHosts', { ExtraHosts: ['Docker.IO.:10.0.0.1', 'a=::1'] }, ['docker.io', 'a']],
  ['memory', { Memory: -1 }, 0],
  ['cpu', { NanoCpus: 1_500_000_000 }, { most: 1.5, weight: 0 }],
  ['cpu', { CpuQuota: 50_000, CpuShares: 2 }, { most: 0.5, weight: 2 }],
  ['cpu', { CpuQuota: 50_000, CpuPeriod: 25_000 }, { most: 2, weight: 0 }],
  ['cpu', { CpuQuota: -1 }, { most: 0, weight: 0 }],
  ['pids', { PidsLimit: -1 }, 0],
  ['pids', { PidsLimit: null }, 0],
  ['limits', { Ulimits: [{ Name: 'nofile' }] }, ['nofile', 'core']],
  ['limits', { Ulimits: [{ Name: 'nofile' }, { Name: 'nproc' }] }, ['nofile', 'nproc']],
  ['oom', { OomKillDisable: true, OomScoreAdj: -5 }, { killer: 'off', score: -5 }],
  ['restart', { RestartPolicy: { Name: '' } }, { policy: 'no', retries: 0 }],
  ['runtime', {}, { name: 'runc', path: 'runc' }],
  ['ipc', { IpcMode: 'container:other' }, 'container'],
  ['ipc', { IpcMode: 'private' }, 'private'],
  ['joinedNetwork', { NetworkMode: 'container:other' }, joined],
  ['joinedProcesses', { PidMode: 'container:other' }, joined],
  ['deviceRequests', { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['a'] }] }, [{ driver: 'cdi', ids: ['a'] }]],
];

const around = aroundFor({
  containers: { other: { hostNamespaces: [], mounts: [{ kind: 'bind', source: '/etc', target: '/m' }] } },
  sensitivities: { other: 'high' },
  facts: { limits: ['core'], noNewPrivileges: true },
});
const labels = { 'seawall.sensitivity': 'low' };

describe('a create request', () => {
  test.each(rows.map(([field, config, value]) => ({ field, config, value })))('$field of $config', async (row) => {
    const facts = await containerOfCreate({ Labels: labels, HostConfig: row.config }, around);
    expect(facts[row.field]).toMatchObject({ kind: 'known', value: row.value });
  });

  test('knows a profile by its meaning, not by its spaces', async () => {
    const of = async (profile: string) =>
      (await containerOfCreate({ HostConfig: { SecurityOpt: [`seccomp=${profile}`] } }, around)).seccompProfile;
    const first = await of(nested);
    expect(first).toMatchObject({ value: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await of(turned)).toEqual(first);
    expect(await of(nested.replace('ERRNO', 'ALLOW'))).not.toEqual(first);
  });

  test('says what is the engine’s default and what was asked for', async () => {
    const facts = await containerOfCreate({ HostConfig: { ReadonlyRootfs: false } }, around);
    expect(facts.readonlyRoot).toEqual({ kind: 'known', value: false, at: 'HostConfig.ReadonlyRootfs' });
    expect(facts.privileged).toEqual({ kind: 'known', value: false, at: 'HostConfig.Privileged', default: 'engine' });
  });

  test.each([
    ['builtin', {}, 'known'],
    ['/etc/docker/open.json', {}, 'missing'],
    ['/etc/docker/open.json', { SecurityOpt: ['seccomp=unconfined'] }, 'known'],
    ['/etc/docker/open.json', { Privileged: true }, 'known'],
  ])('of an engine with the filter %s that asks for %j: its filter is %s', async (seccompProfile, config, kind) => {
    const facts = await containerOfCreate({ HostConfig: config }, aroundFor({ facts: { seccompProfile } }));
    expect(facts.seccomp.kind).toBe(kind);
  });

  test('does not know the ports of its image, nor a container without a sensitivity', async () => {
    const open = await containerOfCreate({ HostConfig: { PublishAllPorts: true } }, around);
    expect(open.ports.kind).toBe('missing');
    const unlabelled = await containerOfCreate({ HostConfig: { NetworkMode: 'container:other' } }, around);
    expect(unlabelled.joinedNetwork).toEqual(missing('it has no label seawall.sensitivity'));
  });

  test.each([
    ['', 'on'],
    ['host', 'out'],
  ])('with the users %j of an engine that remaps them is %s', async (UsernsMode, value) => {
    const remapping = aroundFor({ view: { remapsUsers: true } });
    const facts = await containerOfCreate({ HostConfig: { UsernsMode } }, remapping);
    expect(facts.userRemap).toMatchObject({ value });
  });

  test('does not know what a container that it joins is for, where that has no label', async () => {
    for (const sensitivities of [{}, { other: '' }]) {
      const facts = await containerOfCreate(
        { Labels: labels, HostConfig: { NetworkMode: 'container:other' } },
        aroundFor({ sensitivities }),
      );
      expect(facts.joinedNetwork.kind).toBe('missing');
    }
  });

  test.each([
    [
      { Name: '/db', Config: { Labels: { 'seawall.sensitivity': 'high' } } },
      { name: 'db', sensitivity: 'high' },
    ],
    [
      { Name: '/db', Config: { Labels: null } },
      { name: 'db', sensitivity: '' },
    ],
    [{ Config: {} }, { name: 'f00d', sensitivity: '' }],
    [{ Name: 7 }, { name: 'f00d', sensitivity: '' }],
  ])('%j is called as people call it', (inspected, other) => {
    expect(otherContainer(inspected, 'f00d')).toEqual(other);
  });

  test('shows secrets by their names alone, and its image’s not at all', async () => {
    const secret = 'postgres://admin:Xk29vbQw81tz@db.example/surge';
    const own = aroundFor({ facts: { imageEnvironment: [`IMAGE=${secret}`] } });
    const document = {
      ...(recorded('inspect-plain') as object),
      Config: { Env: [`KEY=${secret}`, `IMAGE=${secret}`], Entrypoint: ['/run'], Cmd: ['--key', secret] },
    };
    const facts = await containerOfInspect(document, own);
    expect(facts.environmentSecrets).toMatchObject({ value: [{ where: { kind: 'environment', name: 'KEY' } }] });
    expect(facts.argumentSecrets).toMatchObject({ value: [{ where: { kind: 'arguments', index: 2 } }] });
    expect(JSON.stringify(facts)).not.toContain('Xk29vbQw81tz');
  });
});

describe('an inspected container', () => {
  const inspected = recorded('inspect-hardened') as Readonly<Record<string, object>>;

  test.each(Object.keys(inspected['HostConfig'] ?? {}))(
    'with a HostConfig.%s of another type loses fields and no more',
    async (name) => {
      for (const wrong of [7.5, { a: { b: [] } }, [[7]], 'text', true]) {
        const HostConfig = { ...inspected['HostConfig'], [name]: wrong };
        const facts = await containerOfInspect({ ...inspected, HostConfig }, around);
        expect(Object.values(facts).every(({ kind }) => kind === 'known' || kind === 'missing')).toBe(true);
        expect(facts.health).toMatchObject({ kind: 'known', value: 'starting' });
      }
    },
  );

  test.each([undefined, null, 7, 'text', [], {}])('that is %j is known of in nothing that counts', async (document) => {
    const facts = await containerOfInspect(document, around);
    expect(facts.health.kind).toBe('missing');
  });

  test('has the ports that are open where it runs, and those that it asks for where not', async () => {
    const running = recorded('inspect-privileged') as Readonly<Record<string, object>>;
    const open = await containerOfInspect(running, around);
    expect(open.ports).toMatchObject({
      value: [
        { address: '0.0.0.0', from: 81 },
        { address: '::', from: 81 },
        { address: '::', from: 8443 },
      ],
    });
    const stopped = await containerOfInspect({ ...running, State: { Running: false } }, around);
    expect(stopped.ports).toMatchObject({
      value: [
        { address: '', from: 81 },
        { address: '::', from: 8443 },
      ],
    });
  });

  test('has no port that the engine picked: it picks another one at each start', async () => {
    const running = recorded('inspect-plain') as Readonly<Record<string, object>>;
    const portsWith = async (hostPort: string, picked: string, asked: object = {}) => {
      const document = {
        ...running,
        Config: { ...running['Config'], ExposedPorts: { '80/tcp': {}, '90/tcp': {} } },
        HostConfig: { ...running['HostConfig'], PortBindings: { '80/tcp': [{ HostPort: hostPort }] }, ...asked },
        State: { ...running['State'], Running: true },
        NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: picked }] } },
      };
      const { ports } = await containerOfInspect(document, around);
      return ports.kind === 'known' ? ports.value.map(({ address, from, to }) => [address, from, to]) : ports.why;
    };
    expect(await portsWith('', '32768')).toEqual([['0.0.0.0', 0, 0]]);
    expect(await portsWith('0', '32769')).toEqual([['0.0.0.0', 0, 0]]);
    expect(await portsWith('8000-8010', '8003')).toEqual([['0.0.0.0', 8000, 8010]]);
    expect(await portsWith('8443', '8443')).toEqual([['0.0.0.0', 8443, 8443]]);
    const all = { PortBindings: {}, PublishAllPorts: true };
    expect(await portsWith('', '32770', all)).toEqual([['0.0.0.0', 0, 0]]);
    const both = { PortBindings: { '80/tcp': [{ HostPort: '' }, { HostPort: '8443' }] } };
    expect(await portsWith('', '8443', both)).toEqual([['0.0.0.0', 8443, 8443]]);
    expect(await portsWith('', '32771', both)).toEqual([['0.0.0.0', 0, 0]]);
    // What nobody asked for is told as it is.
    expect(await portsWith('8000-8010', '9000')).toEqual([['0.0.0.0', 9000, 9000]]);
    expect(await portsWith('8000-8010', '7000')).toEqual([['0.0.0.0', 7000, 7000]]);
    expect(await portsWith('', '9000', { PortBindings: {} })).toEqual([['0.0.0.0', 9000, 9000]]);
  });

  test('has its mounts in an order of their own: the engine tells them in none', async () => {
    const plain = recorded('inspect-plain') as Readonly<Record<string, object>>;
    const mount = (Destination: string) => ({
      Type: 'bind',
      Source: '/srv',
      Destination,
      RW: true,
      Propagation: 'rslave',
    });
    const ofOther = ['/a', '/b', '/c'].map((target) => ({ kind: 'bind' as const, source: `/srv${target}`, target }));
    const factsWith = async (turned: <Item>(list: readonly Item[]) => readonly Item[]) =>
      await containerOfInspect(
        {
          ...plain,
          HostConfig: { ...plain['HostConfig'], VolumesFrom: ['other'] },
          Mounts: turned(['/a', '/b', '/c'].map(mount)),
        },
        aroundFor({ containers: { other: { hostNamespaces: [], mounts: turned(ofOther) } } }),
      );
    const [one, other] = [await factsWith((list) => list), await factsWith((list) => list.toReversed())];
    expect(one.inheritedMounts).toMatchObject({ value: [{ target: '/a' }, { target: '/b' }, { target: '/c' }] });
    expect(one.propagations).toMatchObject({ value: ['/a', '/b', '/c'].map((target) => ({ target, mode: 'slave' })) });
    expect(other).toEqual(one);
  });
});

describe('capabilities', () => {
  test('of words are what an engine grants', () => {
    const of = (add: readonly string[], drop: readonly string[], privileged: 'yes' | 'no' = 'no') =>
      grantedByWords({ add, drop, privileged });
    expect(of([], [])).toEqual(capabilitiesOfMask('00000000a80425fb').toSorted());
    expect(of([], [], 'yes')).toEqual(capabilitiesOfMask('000001ffffffffff').toSorted());
    expect(of(['ALL'], ['NET_RAW'])).not.toContain('NET_RAW');
    expect(of(['ALL'], ['NET_RAW'])).toHaveLength(40);
    expect(of(['NET_RAW'], ['NET_RAW'])).toContain('NET_RAW');
    expect(of([], ['CHOWN'])).toHaveLength(13);
  });

  test('of a mask keep what is newer than their names', () => {
    expect(capabilitiesOfMask('0000020000000001')).toEqual(['CHOWN', 'NUMBER_41']);
  });
});

describe('what an engine says of itself', () => {
  test('tells its modules, runtimes and defaults', () => {
    const facts = surroundingsOfInfo({
      SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=no-new-privileges'],
      DefaultRuntime: 'runc',
      Runtimes: { runc: { path: 'runc' } },
      LoggingDriver: 'none',
    });
    expect(facts).toMatchObject({
      confinement: { value: ['apparmor'] },
      noNewPrivileges: { value: true },
      seccompProfile: { value: 'builtin' },
      logDriver: { value: 'none' },
      runtime: { value: 'runc' },
      runtimes: { value: { runc: 'runc' } },
      limits: { kind: 'missing' },
    });
    expect(surroundingsOfInfo({ SecurityOptions: 7 }).confinement.kind).toBe('missing');
  });
});
