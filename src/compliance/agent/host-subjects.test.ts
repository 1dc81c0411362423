import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { programsImage } from '../../../test/native/programs.ts';
import { documentText } from '../document.ts';
import { hostSubjects } from './host-subjects.ts';
import type { WatchedSubjects } from './watch-subjects.ts';

let engine: TestEngine;
let subjects: WatchedSubjects;
const docker = (...words: readonly string[]): string =>
  execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();
const container = (name: string, ...words: readonly string[]): string =>
  docker('run', '-d', '--name', name, '--network', 'none', ...words, 'programs:1', '/bin/sleep', '9999');

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  await engine.load(programsImage('programs:1').bytes);
  subjects = hostSubjects({ socket: engine.socket, host: 'node', running: () => [], wrapper: () => undefined });
}, 60_000);
afterAll(async () => {
  docker('rm', '-f', 'many', 'heir');
  await engine.stop();
});

async function texts(kind: 'host' | 'engine' | 'container', id: string): Promise<readonly string[]> {
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
