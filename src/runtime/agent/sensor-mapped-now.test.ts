import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MappingWorld, openMappingWorld, image } from '../../../test/make/mapping-world.ts';
import { docker, imageFile } from '../../../test/make/program-image.ts';
import { startTestSensor, TestAgent } from '../../../test/make/sensor.ts';

let at: MappingWorld;
beforeAll(async () => void (at = await openMappingWorld()), 180_000);
afterAll(async () => await at?.close());

let requests = 0;

/** What the sensor says of a container. */
async function mappingsOf(asker: TestAgent, number: bigint) {
  const request = (requests += 1);
  asker.send({ kind: 'ask-code', cgroup: number, request });
  const end = await asker.until('mappings-end', (one) => one.request === request);
  return { end, files: asker.of('mapping').filter((one) => one.request === request) };
}

const stay = (name: string, way: string, path: string) =>
  docker(at.engine, 'exec', '-d', '-e', 'STAY=1', name, 'map-code', way, path);

/** Waits until so many processes are in the container. */
const untilThere = (name: string, count: number) =>
  expect
    .poll(async () => (await docker(at.engine, 'top', name)).stdout.split('\n').length, { timeout: 10_000 })
    .toBe(count + 1);

test('is told file by file, with what the table has of each, and memory is counted apart', async () => {
  const number = await at.start('clean');
  await stay('clean', 'mmap', '/lib64/code.so');
  await stay('clean', 'memory', '/lib64/code.so');
  await stay('clean', 'mapped-twice', '/lib64/code.so');
  await stay('clean', 'patched', '/lib64/code.so');
  await untilThere('clean', 5);
  const { end, files } = await mappingsOf(at.agent, number);
  const ofImage = { cgroup: number, origin: 'image', listing: 'same', allowed: 0 } as const;
  expect(files.toSorted((one, other) => one.path.localeCompare(other.path))).toMatchObject([
    {
      ...ofImage,
      path: '/bin/map-code',
      mappings: 4,
      processes: 4,
      file: await imageFile(at.engine, [image, 'bin/map-code']),
    },
    { ...ofImage, path: '/bin/sleep', mappings: 1, processes: 1 },
    { ...ofImage, path: '/lib64/code.so', mappings: 1, processes: 1 },
  ]);
  expect(end).toMatchObject({
    processes: 5,
    mappings: 6,
    files: 3,
    anonymous: 3,
    policy: 7,
    passed: 0n,
    stopped: 0n,
    unjudged: 0n,
  });
  const born = await at.agent.until('container', ({ cgroup: of }) => of === number);
  expect(end.since).toBe(born.time);
  expect(end.time).toBeGreaterThan(end.since);
  await docker(at.engine, 'rm', '--force', 'clean');
});

test('a library in memory, and a page that was protected later, are among it where they were let through', async () => {
  await at.setPolicy({ codeEffect: 'alert' });
  const number = await at.start('alerted');
  await at.inside('alerted', 'cp /lib64/code.so /tmp/foreign.so');
  await stay('alerted', 'memfd', '/lib64/code.so');
  await stay('alerted', 'mprotect-part', '/tmp/foreign.so');
  await untilThere('alerted', 3);
  const { end, files } = await mappingsOf(at.agent, number);
  const others = files.filter(({ origin }) => origin !== 'image').map(({ path, origin }) => ({ path, origin }));
  expect(others.toSorted((one, other) => one.path.localeCompare(other.path))).toEqual([
    { path: '/tmp/foreign.so', origin: 'upper' },
    { path: 'memfd:hidden', origin: 'memory' },
  ]);
  expect(end.passed).toBeGreaterThanOrEqual(2n);
  expect(end.stopped).toBe(0n);
  await docker(at.engine, 'rm', '--force', 'alerted');
  await at.setPolicy({});
});

test('a mapping from before the sensor is among it too, and a container that nothing judges says so', async () => {
  await at.setPolicy({ codeEffect: 'ignore' });
  await at.start('before');
  await at.inside('before', 'cp /lib64/code.so /tmp/foreign.so');
  await stay('before', 'mmap', '/tmp/foreign.so');
  await untilThere('before', 2);
  const later = await startTestSensor(at.engine.root);
  const other = new TestAgent(later.socket);
  try {
    const name = (await docker(at.engine, 'inspect', '--format', '{{.Id}}', 'before')).stdout;
    const found = await other.until('container', ({ id, state }) => id === name && state === 'found');
    const { end, files } = await mappingsOf(other, found.cgroup);
    expect(files.find(({ path }) => path === '/tmp/foreign.so')).toMatchObject({ origin: 'upper', processes: 1 });
    expect(end.passed).toBe(0n);
    await docker(at.engine, 'exec', 'before', 'dynamic');
    expect((await mappingsOf(other, found.cgroup)).end.unjudged).toBeGreaterThan(0n);
  } finally {
    other.close();
    await later.stop();
    await docker(at.engine, 'rm', '--force', 'before');
    await at.setPolicy({});
  }
});
