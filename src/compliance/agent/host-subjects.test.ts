import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { programsImage } from '../../../test/native/programs.ts';
import { assessDocuments } from '../index.ts';
import { documentText } from '../document.ts';
import { hostSubjects } from './host-subjects.ts';
import type { RunningContainer } from './running.ts';
import type { WatchedSubjects } from './watch-subjects.ts';

let engine: TestEngine;
let subjects: WatchedSubjects;
let running: readonly RunningContainer[] = [];
const docker = (...words: readonly string[]): string =>
  execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();
const container = (name: string, ...words: readonly string[]): string =>
  docker('run', '-d', '--name', name, '--network', 'none', ...words, 'programs:1', '/bin/sleep', '9999');

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  await engine.load(programsImage('programs:1').bytes);
  subjects = hostSubjects({ socket: engine.socket, host: 'node', running: () => running, wrapper: () => undefined });
}, 60_000);
afterAll(async () => {
  docker('rm', '-f', 'many', 'heir');
  await engine.stop();
});

type Kind = Parameters<WatchedSubjects['read']>[0]['kind'];

async function fieldsOf(kind: Kind, id: string) {
  const [document] = (await subjects.read({ kind, id, name: id })) ?? [];
  return document?.fields;
}

async function texts(kind: Kind, id: string): Promise<readonly string[]> {
  const documents = await subjects.read({ kind, id, name: id });
  return (documents ?? []).map(({ fields }) => documentText(fields));
}

test('what did not change is told in the same words, whenever and however often it is read', async () => {
  const targets = ['/a', '/b', '/c', '/d', '/e', '/f'].flatMap((target) => ['-v', `/srv:${target}`]);
  const ids = [container('many', ...targets, '-v', '/v', '--tmpfs', '/t'), container('heir', '--volumes-from', 'many')];
  const first = await Promise.all(ids.map((id) => texts('container', id)));
  expect(first.map((documents) => documents.length)).toEqual([2, 2]);
  const ofEngine = await texts('engine', 'self');
  for (let round = 0; round < 8; round += 1) {
    subjects.forget();
    expect(await Promise.all(ids.map((id) => texts('container', id)))).toEqual(first);
  }
  docker('restart', '--time', '0', ...ids);
  subjects.forget();
  expect(await Promise.all(ids.map((id) => texts('container', id)))).toEqual(first);
  expect(await texts('engine', 'self')).toEqual(ofEngine);
  expect(ofEngine.join()).not.toMatch(/\/proc\/\d/);
}, 60_000);

test('a host is another one by no container that starts or ends', async () => {
  const mounts = async (): Promise<unknown> => {
    const [host] = (await subjects.read({ kind: 'host', id: 'self', name: 'node' })) ?? [];
    const found = host?.fields['mounts'];
    if (found?.kind !== 'known') throw new Error('mounts could not be read');
    return (found.value as readonly { readonly point: string }[]).filter(({ point }) => point.startsWith(engine.root));
  };
  const before = await mounts();
  container('other');
  expect(await mounts()).toEqual(before);
  docker('rm', '-f', 'other');
  expect(await mounts()).toEqual(before);
}, 60_000);

test('references that run and networks that containers share are subjects of their own', async () => {
  const id = container('shop', '--label', 'seawall.sensitivity=high');
  running = [{ id, name: 'shop', image: 'programs:1' }];
  subjects.forget();
  const all = await subjects.all();
  expect(all).toContainEqual({ kind: 'reference', id: 'programs:1', name: 'programs:1' });
  // In `none` nobody meets anybody.
  const [network, ...more] = all.filter(({ kind }) => kind === 'network');
  expect([network?.name, more]).toEqual(['host', []]);
  expect(await fieldsOf('reference', 'programs:1')).toMatchObject({
    tag: { value: '1' },
    digest: { value: '' },
    platform: { value: { os: 'linux' } },
  });
  expect(await fieldsOf('network', network?.id ?? '')).toMatchObject({ members: { value: [] } });
  docker(
    'run',
    '-d',
    '--name',
    'meets',
    '--network',
    'host',
    '--label',
    'seawall.sensitivity=low',
    'programs:1',
    '/bin/sleep',
    '9',
  );
  subjects.forget();
  expect(await fieldsOf('network', network?.id ?? '')).toMatchObject({
    members: { value: [{ container: 'meets', sensitivity: 'low' }] },
  });
  docker('rm', '-f', 'shop', 'meets');
  running = [];
  subjects.forget();
  expect(await subjects.read({ kind: 'reference', id: 'programs:1', name: '' })).toBeUndefined();
  expect(await subjects.read({ kind: 'network', id: 'gone', name: '' })).toBeUndefined();
}, 60_000);

test('a host is looked at where its engine has its things, with what the engine keeps', async () => {
  const id = container('ends', '--label', 'seawall.sensitivity=high');
  docker('stop', '--time', '0', id);
  subjects.forget();
  expect(await fieldsOf('host', 'self')).toMatchObject({
    dataRoot: { value: [{ path: engine.root }] },
    engineSockets: { value: [{ path: engine.socket, kind: 'socket' }] },
    engineConfig: { value: [{ path: join(engine.root, '../daemon.json') }] },
    engineUser: { value: 0 },
    tlsKey: { value: [] },
    stoppedContainers: { value: expect.arrayContaining([{ name: 'ends', stopped: expect.stringMatching(/^20/) }]) },
    unusedImages: { kind: 'missing' },
  });
  docker('rm', '-f', id);
}, 60_000);

test('of a host whose files are not seen nothing is told, however much lies where this program runs', async () => {
  const why = 'this program runs in a container';
  const options = { socket: engine.socket, host: 'node', running: () => [], wrapper: () => undefined };
  const [document] =
    (await hostSubjects({ ...options, hidden: why }).read({ kind: 'host', id: 'self', name: '' })) ?? [];
  const fields = Object.entries(document?.fields ?? {});
  expect(fields.length).toBeGreaterThan(20);
  expect(fields.filter(([, field]) => field.kind !== 'missing' || field.why !== why)).toEqual([]);
  const results = assessDocuments('host', [{ kind: 'host', text: documentText(document?.fields ?? {}) }], {
    now: new Date(),
    lists: {},
  });
  expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['not-assessed']));
}, 60_000);

test('what was started in a container with all capabilities is seen, and hides in no other cgroup', async () => {
  const id = container('hiding');
  const effective = async () => {
    subjects.forget();
    const documents = await subjects.read({ kind: 'container', id, name: 'hiding' });
    return documents?.find(({ kind }) => kind === 'effective')?.fields['capabilities'];
  };
  expect(await effective()).not.toMatchObject({ value: expect.arrayContaining(['SYS_ADMIN']) });
  docker('exec', '-d', '--privileged', 'hiding', '/bin/sleep', '8888');
  await expect.poll(effective).toMatchObject({ value: expect.arrayContaining(['SYS_ADMIN']) });
  const pid = /^\S+ +(\d+).*sleep 8888$/m.exec(docker('top', 'hiding'))?.[1] ?? '';
  const top = ['pids/', ''].map((folder) => `/sys/fs/cgroup/${folder}cgroup.procs`).find((path) => existsSync(path));
  writeFileSync(top ?? '', pid);
  expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toMatch(/^(?:\d+:pids|0:):\/$/m);
  expect(await effective()).toMatchObject({ value: expect.arrayContaining(['SYS_ADMIN']) });
  docker('rm', '-f', 'hiding');
}, 60_000);
