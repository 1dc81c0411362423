import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createFileMemory } from '../file-memory.ts';
import { collectEngine } from './collect-engine.ts';
import { aroundFor } from '../../../settings/container/testing.ts';
import { collectServices } from './collect-services.ts';
import { requestOfTask } from './of-service.ts';
import { runtimesOf } from './programs.ts';
import { Info } from './schema.ts';

const Recorded = z.record(z.string(), z.unknown());

function recorded(name: string): Readonly<Record<string, unknown>> {
  return Recorded.parse(JSON.parse(readFileSync(join(import.meta.dirname, `fixtures/${name}.json`), 'utf8')));
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A socket that answers as a recorded engine did; to everything else it says what an engine says to no manager. */
async function answering(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const answers = { ...recorded(name), ...more };
  const folder = await mkdtemp(join(tmpdir(), 'seawall-recorded-'));
  const socket = join(folder, 'docker.sock');
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://docker').pathname.slice(1);
    const known = answers[path];
    response.writeHead(known === undefined ? 503 : 200).end(JSON.stringify(known ?? { message: 'not a manager' }));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  ends.push(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });
  return socket;
}

async function factsOf(name: string, more?: Readonly<Record<string, unknown>>) {
  const collected = await collectEngine({ socket: await answering(name, more), ownPrograms: [] });
  if (collected === undefined) throw new Error('it does not answer');
  return collected.facts;
}

describe('an engine’s own answers', () => {
  test('of Docker 26', async () => {
    expect(await factsOf('docker-26')).toMatchObject({
      name: { value: 'vm' },
      rootless: { value: false },
      userNamespaces: { value: false },
      noNewPrivileges: { value: false },
      seccompProfile: { value: 'builtin' },
      defaultBridge: { value: { kind: 'none' } },
      insecureRegistries: { value: ['127.0.0.0/8'] },
      authorizationPlugins: { value: [] },
      hasContainerdStore: { value: false },
      proxiesWithCredentials: { value: [] },
      swarmState: { value: 'inactive' },
      swarmManagers: { value: { kind: 'off' } },
      // The server of this test is no dockerd.
      iptables: { kind: 'missing' },
      apiAnswers: { kind: 'missing' },
      configuration: { kind: 'missing' },
    });
  });

  test('of one with containerd’s store, insecure registries and a proxy', async () => {
    const facts = await factsOf('docker-26-containerd');
    expect(facts).toMatchObject({
      insecureRegistries: { value: ['10.0.0.0/8', '127.0.0.0/8', 'r.example:5000'] },
      hasContainerdStore: { value: true },
      proxiesWithCredentials: { value: ['HttpProxy'] },
    });
    expect(JSON.stringify(facts)).not.toContain('xxxxx');
  });

  test('of the manager of a swarm, without its join tokens', async () => {
    const facts = await factsOf('docker-26-manager');
    expect(facts).toMatchObject({
      swarmManagers: { value: { count: 1 } },
      swarmOverlays: {
        value: {
          networks: [
            { name: 'ingress', isEncrypted: false },
            { name: 'plain-net', isEncrypted: false },
            { name: 'secret-net', isEncrypted: true },
          ],
        },
      },
      swarmAutoLock: { value: { isLocked: false } },
      swarmNodeCertificates: { value: { days: 90 } },
      swarmAuthority: { value: { validFrom: '2026-11-30T00:52:00.000Z', isChanging: false } },
      swarmKeyChange: { kind: 'missing' },
    });
    expect(JSON.stringify(facts)).not.toContain('SWMTKN');
  });

  test('of a rootless one on cgroup v2', async () => {
    expect(await factsOf('docker-29-rootless.written')).toMatchObject({
      rootless: { value: true },
      insecureRegistries: { value: ['::1/128', '127.0.0.0/8'] },
      defaultBridge: { value: { letsContainersTalk: true } },
    });
  });

  test('of a worker: only its manager knows the swarm', async () => {
    const facts = await factsOf('docker-29-worker.written', { plugins: recordedPlugins });
    expect(facts).toMatchObject({
      userNamespaces: { value: true },
      noNewPrivileges: { value: true },
      seccompProfile: { value: '/etc/docker/own.json' },
      defaultBridge: { value: { letsContainersTalk: false } },
      usesIpv6: { value: true },
      swarmState: { value: 'active' },
      managedPlugins: {
        value: [{ reference: 'docker.io/vieux/sshfs:latest', capabilities: ['SYS_ADMIN'], mounts: ['/root/.ssh'] }],
      },
    });
    for (const name of ['swarmManagers', 'swarmAutoLock', 'swarmOverlays', 'swarmNodeCertificates'] as const)
      expect(facts[name], name).toMatchObject({ kind: 'missing' });
    expect(JSON.stringify(facts)).not.toContain('sesame');
  });

  test('of its plugins come in an order of their own: the engine tells them in none', async () => {
    const plugins = ['b', 'a', 'c'].map((name) => ({ ...recordedPlugins[0], Enabled: true, PluginReference: name }));
    const { managedPlugins } = await factsOf('docker-29-worker.written', { plugins });
    expect(managedPlugins).toMatchObject({ value: ['a', 'b', 'c'].map((reference) => ({ reference })) });
  });

  test('of one that answers in no known form are no engine', async () => {
    expect(
      await collectEngine({ socket: await answering('docker-26', { version: [] }), ownPrograms: [] }),
    ).toBeUndefined();
    expect(await collectEngine({ socket: '/nowhere/docker.sock', ownPrograms: [] })).toBeUndefined();
  });

  test('that lack a value, or have another type, miss that value alone', async () => {
    const info = { ...Recorded.parse(recorded('docker-26')['info']), SecurityOptions: 7, Debug: 'no' };
    const facts = await factsOf('docker-26', { info });
    expect(facts.noNewPrivileges).toMatchObject({ kind: 'missing' });
    expect(facts.debug).toMatchObject({ kind: 'missing' });
    expect(facts.liveRestore).toMatchObject({ value: false });
  });
});

const recordedPlugins = [
  {
    Name: 'vieux/sshfs:latest',
    PluginReference: 'docker.io/vieux/sshfs:latest',
    Enabled: true,
    Config: { Linux: { Capabilities: ['CAP_SYS_ADMIN'], AllowAllDevices: false } },
    Settings: { Env: ['PASSWORD=sesame'], Mounts: [{ Source: '/root/.ssh' }, { Source: null }] },
  },
  { Name: 'off:1', Enabled: false, Config: {}, Settings: {} },
];

test('services of a swarm, without the values of their variables', async () => {
  const socket = await answering('docker-26-manager');
  const services = await collectServices(socket, aroundFor());
  expect(services).toMatchObject([
    {
      name: { value: 'shop' },
      image: { value: 'shop:1' },
      environmentSecrets: { value: [{ where: { kind: 'environment', name: 'DB_PASSWORD' } }] },
      mounts: { value: [{ target: '/host', place: { kind: 'paths', paths: ['/etc'] }, writable: true }] },
      declaredCapabilities: { value: expect.arrayContaining(['SYS_ADMIN']) },
      seccomp: { value: 'on' },
      ports: { kind: 'missing' },
    },
    { name: { value: 'safe' }, environmentSecrets: { value: [] }, mounts: { value: [] } },
  ]);
  expect(JSON.stringify(services)).not.toContain('hunter2');
});

test('a service’s own words for confinement become those of a request', () => {
  const privileges = {
    Seccomp: { Mode: 'custom', Profile: btoa('{}') },
    AppArmor: { Mode: 'disabled' },
    SELinuxContext: { Disable: true },
    NoNewPrivileges: true,
  };
  const request = { Image: 'a', Privileges: privileges, Hosts: ['10.0.0.1 db', 'web:10.0.0.2'] };
  expect(requestOfTask({ Resources: { Limits: { Pids: 7 } } }, request)).toMatchObject({
    HostConfig: {
      SecurityOpt: ['seccomp={}', 'apparmor=unconfined', 'label=disable', 'no-new-privileges=true'],
      ExtraHosts: ['db:10.0.0.1', 'web:10.0.0.2'],
      PidsLimit: 7,
    },
  });
});

test('a runtime is the program that a shim is told to start', async () => {
  const { Runtimes = {} } = Info.parse(recorded('docker-29-worker.written')['info']);
  expect(await runtimesOf(Runtimes, { root: '/nowhere', path: '/usr/bin', memory: createFileMemory() }, [])).toEqual([
    { name: 'runc', path: 'runc', isOurs: false },
    { name: 'kata', path: 'io.containerd.kata.v2', isOurs: false },
    { name: 'odd', path: '/opt/odd/runc', isOurs: false },
  ]);
});
