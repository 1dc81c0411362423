import { createServer, type Server } from 'node:http';
import { mkdir, mkdtemp, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { known } from '#base/index.ts';
import { apiFields } from './api-listeners.ts';
import type { EngineProcess } from './process.ts';
import { Info } from './schema.ts';
import { settingsInForce } from './settings-in-force.ts';
import { swarmFields } from './swarm-fields.ts';

let proc = '';
let socket = '';
let server: Server;
/** What the engine answers, by path. */
let answers: Readonly<Record<string, unknown>> = {};
beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), 'seawall-ports-'));
  socket = join(proc, 'docker.sock');
  answers = { '/containers/json': [], '/services': [] };
  server = createServer((request, response) => {
    const said = answers[request.url ?? ''];
    response.writeHead(said === undefined ? 503 : 200).end(JSON.stringify(said ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(proc, { recursive: true, force: true });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(proc, path)), { recursive: true });
  await writeFile(join(proc, path), text);
}

/** A dockerd that listens at these ports of every address; its sockets are numbered as its ports. */
async function listening(...ports: readonly number[]): Promise<EngineProcess> {
  const lines = ports.map((port) => {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    return `0: 00000000:${hex} 00000000:0000 0A 0:0 00:0 0 0 0 ${port} 1`;
  });
  await write('7/net/tcp', `head\n${lines.join('\n')}\n`);
  return { pid: 7, uid: 0, words: [], started: 0, environment: {}, sockets: new Set(ports.map(String)) };
}

const inSwarm = (LocalNodeState: string) =>
  Info.parse({ DockerRootDir: '/var/lib/docker', Swarm: { LocalNodeState, ControlAvailable: true } });

const settings = {
  ...settingsInForce({
    flags: new Map(),
    file: { kind: 'none', path: '' },
    reloaded: {},
    apiVersion: '1.45',
    cgroupVersion: '1',
    minimumApi: '1.24',
  }),
  'metrics-addr': known('0.0.0.0:9323', ''),
  'network-diagnostic-port': known(2000, ''),
};

test('ports of the swarm, of metrics and of diagnosis are not the API’s', async () => {
  const engine = await listening(2377, 7946, 9323, 2000);
  expect(await apiFields({ socket, engine, info: inSwarm('active'), settings, proc })).toMatchObject({
    apiListeners: { value: [] },
    apiAnswers: { value: [] },
  });
});

test('outside a swarm its ports may be the API’s', async () => {
  const engine = await listening(2377);
  await mkdir(join(proc, '7/ns'));
  await symlink('net:[1]', join(proc, '7/ns/net'));
  expect(await apiFields({ socket, engine, info: inSwarm('inactive'), settings, proc })).toMatchObject({
    apiListeners: { value: [{ address: '0.0.0.0', port: 2377 }] },
    // Of another network: what listens at that address here is somebody else.
    apiAnswers: { kind: 'missing', why: 'the engine has a network of its own, not reached from here' },
  });
});

test('what an engine holds open for its containers is not its API', async () => {
  const engine = await listening(2375, 8080, 8443, 9000);
  await mkdir(join(proc, '7/ns'));
  await symlink('net:[1]', join(proc, '7/ns/net'));
  const published = (IP: string, PublicPort: number, Type = 'tcp') => ({ IP, PublicPort, PrivatePort: 80, Type });
  const ports = [published('0.0.0.0', 8080), published('::', 8080), { PrivatePort: 2375, Type: 'tcp' }];
  answers = {
    // One at another address, or by another protocol, leaves the API's place as it is.
    '/containers/json': [{ Ports: [...ports, published('10.0.0.5', 2375), published('0.0.0.0', 2375, 'udp')] }],
    '/services': [{ Endpoint: { Ports: [{ Protocol: 'tcp', PublishedPort: 8443 }] } }, { Endpoint: {} }],
  };
  const place = (port: number) => ({ address: '0.0.0.0', port });
  expect((await apiFields({ socket, engine, info: inSwarm('active'), settings, proc })).apiListeners).toMatchObject({
    value: [place(2375), place(9000)],
  });
  for (const silent of ['/containers/json', '/services']) {
    answers = Object.fromEntries(Object.entries(answers).filter(([path]) => path !== silent));
    const { apiListeners } = await apiFields({ socket, engine, info: inSwarm('active'), settings, proc });
    expect(apiListeners).toMatchObject({ kind: 'missing', why: expect.stringContaining('publish') });
  }
});

test('a port that nobody answers at is no refusal', async () => {
  const engine = await listening(1);
  await mkdir(join(proc, '7/ns'));
  await symlink(await readlink('/proc/self/ns/net'), join(proc, '7/ns/net'));
  expect(await apiFields({ socket, engine, info: inSwarm('inactive'), settings, proc })).toMatchObject({
    apiListeners: { value: [{ port: 1 }] },
    apiAnswers: { kind: 'missing' },
  });
});

test.each([
  ['', { control: '10.0.0.5', data: '10.0.0.5' }],
  ['10.1.0.5', { control: '10.0.0.5', data: '10.1.0.5' }],
  ['[fd00::5]', { control: '10.0.0.5', data: 'fd00::5' }],
])('a swarm’s addresses lie on its disk: data path %j', async (DataPathAddr, addresses) => {
  const engine = await listening(4000);
  const state = { ListenAddr: '0.0.0.0:4000', AdvertiseAddr: '10.0.0.5:4000', DataPathAddr };
  await write('7/root/var/lib/docker/swarm/docker-state.json', JSON.stringify(state));
  const question = { socket: join(proc, 'none.sock'), info: inSwarm('active'), engine, networks: undefined, proc };
  expect(await swarmFields(question)).toMatchObject({
    swarmAddresses: { value: { kind: 'on', ...addresses } },
    swarmListeners: { value: { addresses: [{ address: '0.0.0.0', port: 4000 }] } },
    swarmManagers: { kind: 'missing' },
  });
});

test('neither the number of the process nor the order of the kernel’s table is part of what is known', async () => {
  const question = async (...ports: readonly number[]) => {
    const engine = await listening(...ports);
    await mkdir(join(proc, '7/ns'), { recursive: true });
    await symlink('net:[1]', join(proc, '7/ns/net')).catch(() => undefined);
    return await apiFields({ socket, engine, info: inSwarm('inactive'), settings, proc });
  };
  const facts = await question(2377, 2375, 2375);
  expect(facts.apiListeners).toEqual(
    known(
      [2375, 2377].map((port) => ({ address: '0.0.0.0', port })),
      '/proc/PID/net/tcp',
    ),
  );
  expect((await question(2375, 2377)).apiListeners).toEqual(facts.apiListeners);
  const gone = { ...(await listening(1)), pid: 8 };
  const unread = await apiFields({ socket, engine: gone, info: inSwarm('inactive'), settings, proc });
  expect(JSON.stringify(unread)).toContain('/proc/PID/net/tcp');
  expect(JSON.stringify(unread)).not.toMatch(/\/8\//);
});
