import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker, loadProgramImage } from '../../../../test/make/program-image.ts';
import { startTestEngine, type TestEngine } from '../../../../test/make/docker.ts';
import type { SettingsRule } from '#compliance/contract.ts';
import type { HostNamespace } from '#inventory/contract.ts';
import {
  type ContainerSettings,
  CreateRequest,
  RuntimeSpec,
  settingsOfCreate,
  settingsOfSpec,
  usualSockets,
} from '#inventory/index.ts';
import { judgeSettings } from '#compliance/index.ts';
import { askEngine, engineView, openHostView } from '#inventory/agent/index.ts';

const namespaces: HostNamespace[] = ['pid', 'network', 'ipc', 'uts'];
const rules: readonly SettingsRule[] = [
  { kind: 'privileged', effect: 'block' },
  { kind: 'host-namespaces', deny: namespaces, effect: 'alert' },
  { kind: 'added-capabilities', allow: ['SYS_TIME'], effect: 'block' },
  { kind: 'engine-socket', effect: 'block' },
  { kind: 'host-paths', deny: ['/etc', '/dev/kmsg', '/var/lib', '/proc', '/sys/fs/cgroup'], effect: 'block' },
  { kind: 'seccomp-off', effect: 'block' },
];

/** What is asked for, and the kinds of rules that must object to it, in both forms. */
type Case = readonly [name: string, config: Readonly<Record<string, unknown>>, kinds: readonly string[]];

const volume = (options: Readonly<Record<string, string>>) => ({
  Mounts: [
    { Type: 'volume', Source: '', Target: '/v', VolumeOptions: { DriverConfig: { Name: 'local', Options: options } } },
  ],
});
const binds = (count: number) => ({ Binds: Array.from({ length: count }, (_, at) => `/home:/m/${at}:ro`) });
const open = JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [] });
const strict = JSON.stringify({
  defaultAction: 'SCMP_ACT_ERRNO',
  syscalls: [{ names: ['execve', 'exit_group', 'nanosleep', 'clock_nanosleep'], action: 'SCMP_ACT_ALLOW' }],
});

const cases: readonly Case[] = [
  ['nothing', {}, []],
  ['null everywhere', { Binds: null, Mounts: null, CapAdd: null, SecurityOpt: null, VolumesFrom: null }, []],
  ['privileged', { Privileged: true }, ['privileged', 'host-paths', 'added-capabilities', 'seccomp-off']],
  [
    'privileged with fewer capabilities and a profile',
    { Privileged: true, CapDrop: ['ALL'], SecurityOpt: [`seccomp=${strict}`] },
    ['privileged', 'host-paths', 'added-capabilities', 'seccomp-off'],
  ],
  ['all devices by a rule', { DeviceCgroupRules: ['a *:* rwm'] }, ['privileged', 'host-paths']],
  ['all devices by a rule, to make', { DeviceCgroupRules: ['a *:* m'] }, ['privileged', 'host-paths']],
  ['all devices by a rule with numbers', { DeviceCgroupRules: ['a 1:3 m'] }, ['privileged', 'host-paths']],
  ['a disk by its generic device', { DeviceCgroupRules: ['c 21:0 r'] }, ['host-paths']],
  ['all disks by a rule', { DeviceCgroupRules: ['b *:* r'] }, ['privileged', 'host-paths']],
  ['a kind of disks by a rule', { DeviceCgroupRules: ['b 7:* rwm'] }, ['host-paths']],
  ['making devices, not using them', { DeviceCgroupRules: ['c *:* m'] }, []],
  [
    'a harmless device',
    { Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/n', CgroupPermissions: 'rwm' }] },
    [],
  ],
  [
    'a denied device by another name',
    { Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/n', CgroupPermissions: 'r' }] },
    ['host-paths'],
  ],
  ['added, allowed and usual', { CapAdd: ['sys_time', 'CAP_CHOWN', 'KILL'] }, []],
  ['added', { CapAdd: ['cap_net_admin'] }, ['added-capabilities']],
  ['all but one', { CapAdd: ['all'], CapDrop: ['SYS_ADMIN'] }, ['added-capabilities']],
  ['all dropped, one added', { CapAdd: ['SYS_PTRACE'], CapDrop: ['ALL'] }, ['added-capabilities']],
  ['added and dropped', { CapAdd: ['SYS_PTRACE'], CapDrop: ['SYS_PTRACE'] }, ['added-capabilities']],
  ['the host’s pid', { PidMode: 'host' }, ['host-namespaces']],
  ['the host’s network', { NetworkMode: 'host' }, ['host-namespaces']],
  // The engine gives such a container a network namespace of its own.
  ['the host’s network by its id', { NetworkMode: 'HOSTNET' }, []],
  ['the host’s ipc', { IpcMode: 'host' }, ['host-namespaces']],
  ['the host’s uts', { UTSMode: 'host' }, ['host-namespaces']],
  ['the pid of a container that has the host’s', { PidMode: 'container:hosts' }, ['host-namespaces']],
  ['the network of a container that has the host’s', { NetworkMode: 'container:hosts' }, ['host-namespaces']],
  ['the pid of a plain container', { PidMode: 'container:plain' }, []],
  ['seccomp off', { SecurityOpt: ['seccomp=unconfined'] }, ['seccomp-off']],
  ['seccomp off, old words', { SecurityOpt: ['seccomp:unconfined'] }, ['seccomp-off']],
  ['a profile that allows', { SecurityOpt: [`seccomp=${open}`] }, ['seccomp-off']],
  [
    'open system paths, as systempaths=unconfined asks for them',
    { MaskedPaths: [], ReadonlyPaths: [] },
    ['privileged'],
  ],
  [
    'one system path that is open',
    { ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys'] },
    ['privileged'],
  ],
  ['a bind', { Binds: ['/etc:/e:ro'] }, ['host-paths']],
  ['a bind of a neighbour', { Binds: ['/home:/e'] }, []],
  ['a bind of the whole host', { Binds: ['/:/host:ro'] }, ['engine-socket', 'host-paths']],
  ['a bind through ..', { Binds: ['/home/../etc/apt:/e'] }, ['host-paths']],
  ['a bind through a link', { Binds: ['LINK:/e'] }, ['host-paths']],
  ['a bind through a link of a process', { Binds: ['/proc/self/root/etc:/e'] }, ['host-paths']],
  ['a bind of a bound folder', { Binds: ['BOUND:/e'] }, ['host-paths']],
  ['a bind of a folder that holds a bound one', { Binds: ['ABOVE:/e'] }, ['host-paths']],
  ['a mount', { Mounts: [{ Type: 'bind', Source: '/etc', Target: '/e' }] }, ['host-paths']],
  ['a tmpfs', { Mounts: [{ Type: 'tmpfs', Target: '/etc' }], Tmpfs: { '/run': '' } }, []],
  ['a plain volume', { Binds: ['some:/v'] }, []],
  ['a volume that is a folder', volume({ type: 'none', o: 'bind,ro', device: '/etc' }), ['host-paths']],
  [
    'a volume that is the host, through ..',
    volume({ type: 'none', o: 'rbind', device: '/etc/..' }),
    ['engine-socket', 'host-paths'],
  ],
  ['a named volume that is a folder', { Binds: ['etc:/v'] }, ['host-paths']],
  ['a volume over folders', volume({ type: 'overlay', o: 'lowerdir=/etc:/home', device: 'overlay' }), ['host-paths']],
  ['a volume over a link', volume({ type: 'overlay', o: 'lowerdir=LINK:/home', device: 'overlay' }), ['host-paths']],
  ['a volume of processes', volume({ type: 'proc', device: 'proc' }), ['host-paths']],
  ['a volume of cgroups', volume({ type: 'cgroup2', device: 'cgroup2' }), ['host-paths']],
  ['a volume in memory', volume({ type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }), []],
  ['volumes of another container', { VolumesFrom: ['hosts:ro'] }, ['host-paths']],
  ['volumes of a plain container', { VolumesFrom: ['plain'] }, []],
  ['the engine’s socket', { Binds: ['SOCKET:/s'] }, ['engine-socket']],
  [
    'the engine’s socket by its folder',
    { Mounts: [{ Type: 'bind', Source: 'FOLDER', Target: '/s' }] },
    ['engine-socket'],
  ],
  ['containerd’s folder', { Binds: ['/var/run/containerd:/s'] }, ['engine-socket']],
  ['as many mounts as are judged', binds(256), []],
  ['more mounts than are judged', binds(257), ['engine-socket', 'host-paths']],
  ['data of the engine by path', { Binds: ['ROOT/volumes/plain/_data:/v'] }, []],
];

describe('settings, as asked for and as the runtime gets them', () => {
  let engine: TestEngine;
  let folder: string;

  beforeAll(async () => {
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
    folder = await mkdtemp(join(tmpdir(), 'seawall-settings-'));
    await loadProgramImage(engine, 'box:1');
    await symlink('/etc', join(folder, 'link'));
    for (const name of ['bound', 'above/below']) {
      await mkdir(join(folder, name), { recursive: true });
      execFileSync('mount', ['--bind', '-o', 'ro', '/etc', join(folder, name)]);
    }
    const sleep = ['box:1', '/bin/sleep', '1000'];
    await docker(
      engine,
      'run',
      '-d',
      '--name',
      'hosts',
      '--pid',
      'host',
      '--network',
      'host',
      '-v',
      '/etc:/e',
      ...sleep,
    );
    await docker(engine, 'run', '-d', '--name', 'plain', '-v', 'plain:/v', ...sleep);
    await docker(engine, 'volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', 'device=/etc', 'etc');
  });
  afterAll(async () => {
    for (const name of ['hosts', 'plain']) await docker(engine, 'rm', '-f', name);
    await engine.stop();
    for (const name of ['bound', 'above/below']) execFileSync('umount', [join(folder, name)]);
    await rm(folder, { recursive: true });
  });

  test.each(cases)('%s', async (_, config, kinds) => {
    const places = { LINK: 'link', BOUND: 'bound', ABOVE: 'above' } as const;
    let text = JSON.stringify(config);
    for (const [word, name] of Object.entries(places)) text = text.replaceAll(word, join(folder, name));
    if (text.includes('HOSTNET'))
      text = text.replace('HOSTNET', (await docker(engine, 'network', 'ls', '-qf', 'name=host')).stdout);
    text = text
      .replaceAll('SOCKET', engine.socket)
      .replaceAll('FOLDER', join(engine.root, '..'))
      .replaceAll('ROOT', engine.root);
    const asked = { Image: 'box:1', Cmd: ['/bin/sleep', '1000'], HostConfig: JSON.parse(text) };
    const host = await openHostView({
      engineRoot: engine.root,
      sockets: [...usualSockets, engine.socket],
      patience: 2000,
    });
    const view = await engineView(askEngine({ socket: engine.socket, patience: 5000 }), host);
    const before = await settingsOfCreate(CreateRequest.parse(asked), view);

    const { Id } = JSON.parse(await post('/containers/create', asked)) as { readonly Id: string };
    try {
      expect(await post(`/containers/${Id}/start`, undefined)).toBe('');
      const bundle = join(
        engine.root,
        '../exec/containerd/daemon/io.containerd.runtime.v2.task/moby',
        Id,
        'config.json',
      );
      const after = await settingsOfSpec(RuntimeSpec.parse(JSON.parse(readFileSync(bundle, 'utf8'))), host);
      expect(kindsOf(before), 'as asked for').toEqual(kinds);
      expect(kindsOf(after), 'as the runtime gets it').toEqual(kinds);
      const { mounts: _before, ...rest } = before;
      const { mounts: _after, ...others } = after;
      expect(withoutAbsent(rest)).toEqual(withoutAbsent(others));
    } finally {
      await docker(engine, 'rm', '-f', '-v', Id);
    }
  });

  function post(path: string, body: unknown): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const sent = request({ socketPath: engine.socket, path, method: 'POST', headers }, async (response) => {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part);
        resolve(Buffer.concat(parts).toString());
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
});

function kindsOf(settings: ContainerSettings): readonly string[] {
  return [...new Set(judgeSettings(settings, rules, 'docker').map(({ kind }) => kind))];
}

/** A kernel may lack capabilities that engines know, so `all` differs by them. */
function withoutAbsent({ addedCapabilities, ...rest }: Omit<ContainerSettings, 'mounts'>): unknown {
  return { ...rest, addedCapabilities: addedCapabilities.filter((name) => name !== 'SYS_RESOURCE') };
}
