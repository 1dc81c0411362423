import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker, imageFile } from '../../../test/make/program-image.ts';
import { TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, image, openSensorWorld } from '../../../test/make/sensor-world.ts';
import { policyFlag } from './wire/words.ts';

// A model that the kernel's programs judge by alone, while the sensor is dead.

const killed = 'code 137';
const name = 'alone';
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId: string;

beforeAll(async () => void ({ engine, sensor, agent, imageId } = await openSensorWorld()), 60_000);
afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

/** How a program ends that is started by a shell of the engine's, or by the words before it. */
const inside = async (words: string) =>
  (await docker(engine, 'exec', name, 'sh', '-c', `${words} >/dev/null; echo code $?`)).stdout;

/** Of each policy here; one without images is that of every container whose image none names. */
const strict = {
  kind: 'policy',
  version: 1,
  driftEffect: 'prevent',
  codeEffect: 'ignore',
  modelEffect: 'prevent',
  toolEffect: 'ignore',
  tools: [],
  digests: [],
  folders: [],
} as const;

/**
 * By the model the engine starts `sh`, `sleep` and `true`, and `sh` starts `ls` and `cp`. A copy of `sh` may run; that it
 * starts `ls` counts for nothing, since only programs of the image are callers.
 */
async function setModel(copy: bigint): Promise<void> {
  const names = ['sh', 'ls', 'id', 'sleep', 'cp', 'true'];
  const files = await Promise.all(names.map((one) => imageFile(engine, [image, `bin/${one}`])));
  const inode = (of: string) => files[names.indexOf(of)]?.inode ?? 0n;
  expect(
    await agent.putTable(
      3,
      files.map((file) => ({ file })),
    ),
  ).toMatchObject({ accepted: 1 });
  agent.send({
    ...strict,
    policy: 7,
    flags: policyFlag.tabled | policyFlag.modelled,
    table: 3,
    images: [imageId],
    edges: [
      ...['sh', 'sleep', 'true'].map((child) => ({ child: inode(child), caller: 0n, applet: 0n })),
      ...['ls', 'cp'].map((child) => ({ child: inode(child), caller: inode('sh'), applet: 0n })),
      { child: inode('ls'), caller: copy, applet: 0n },
    ],
    digests: [{ sha256: createHash('sha256').update(readFileSync('/usr/bin/busybox')).digest() }],
  });
  expect(await agent.until('policy-reply', ({ policy }) => policy === 7)).toMatchObject({ accepted: 1, reason: '' });
}

test('who starts what, and from where, counts as it does for both together', async () => {
  const words = ['run', '-d', '--name', name, '--network', 'none', '--tmpfs', '/x:exec', image, 'sleep', '300'];
  agent.send({ ...strict, policy: 0, flags: 0, table: 0, images: [], edges: [] });
  const id = (await docker(engine, ...words)).stdout;
  const { cgroup } = await agent.until('container', (one) => one.id === id);
  await inside('cp /bin/sh /tmp/sh');
  const upper = (await docker(engine, 'inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', name)).stdout;
  await setModel(statSync(join(upper, 'tmp/sh'), { bigint: true }).ino);
  expect(await inside('/tmp/sh -c "exit 7"')).toBe('code 7');
  // The image's model may be that of another entrypoint.
  expect((await docker(engine, 'run', '--rm', '--network', 'none', image, 'id')).code).toBe(0);
  agent.close();
  await sensor.kill();

  expect(await inside('/bin/ls /')).toBe('code 0');
  expect(await inside('/bin/id')).toBe(killed);
  expect((await docker(engine, 'exec', name, '/bin/true')).code).toBe(0);
  expect((await docker(engine, 'exec', name, '/bin/ls', '/')).code).toBe(137);
  // A copy that may run is neither a program of the image nor the engine.
  expect(await inside('/tmp/sh -c "exit 7"')).toBe('code 7');
  expect(await inside('/tmp/sh -c /bin/ls')).toBe(killed);
  expect(await inside('/tmp/sh -c /bin/true')).toBe(killed);
  expect(await inside('cp /bin/ls /bin/dropped; /bin/dropped')).toBe(killed);
  expect(await inside('cp /bin/ls /x/dropped; /x/dropped')).toBe(killed);

  // Whose container it is that was born meanwhile, nobody has said: nothing is kept from it.
  const born = ['run', '--name', 'born', '--network', 'none', image, 'sh', '-c'];
  expect((await docker(engine, ...born, 'cp /bin/id /tmp/id; /tmp/id; exit $?')).code).toBe(0);

  await sensor.start();
  agent = new TestAgent(sensor.socket);
  const reported = (path: string) => agent.until('exec', (one) => one.cgroup === cgroup && one.path === path);
  expect(await reported('/bin/dropped')).toMatchObject({ verdict: 'killed', reason: 'drift', origin: 'upper' });
  expect(await reported('/x/dropped')).toMatchObject({ verdict: 'killed', reason: 'drift', origin: 'other' });
  expect(await reported('/bin/id')).toMatchObject({ verdict: 'killed', reason: 'unlearned', origin: 'image' });
  expect(await agent.until('exec', ({ path }) => path === '/tmp/id')).toMatchObject({ verdict: 'alerted', policy: 0 });
}, 120_000);
