import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isBelow, nearestBase } from './nearest-base.ts';

const images: Readonly<Record<string, readonly [names: readonly string[], layers: readonly string[]]>> = {
  empty: [['scratch:1'], []],
  debian: [['debian:13'], ['a']],
  node: [['node:24'], ['a', 'b']],
  unnamed: [[], ['a', 'b', 'c']],
  other: [['alpine:3'], ['x']],
  app: [['app:1'], ['a', 'b', 'c', 'd']],
};

let folder: string;
let socket: string;
const engine = createServer(({ url = '' }, reply) => {
  const bodyOf = (id: string) => ({ Id: id, RepoTags: images[id]?.[0], RootFS: { Layers: images[id]?.[1] } });
  const id = /^\/images\/(\w+)\/json$/.exec(url)?.[1];
  reply.end(JSON.stringify(id === undefined ? Object.keys(images).map(bodyOf) : bodyOf(id)));
});
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearest-'));
  socket = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => void engine.listen(socket, resolve));
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

test.each([
  [['a', 'b', 'c', 'd'], 'node'],
  [['a', 'b'], 'debian'],
  [['a', 'x'], 'debian'],
  [['a'], undefined],
  [['y', 'a'], undefined],
])('the base of an image with the layers %j is %s', async (layers, id) => {
  expect((await nearestBase(socket, layers))?.id).toBe(id);
});

test('nobody is its own base, and nothing is built on no layer', () => {
  expect([isBelow(['a'], ['a']), isBelow([], ['a']), isBelow(['a'], ['a', 'b'])]).toEqual([false, false, true]);
});
