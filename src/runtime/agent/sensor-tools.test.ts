import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker, imageFile } from '../../../test/make/program-image.ts';
import type { TestAgent, TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, image, openSensorWorld } from '../../../test/make/sensor-world.ts';
import { policyFlag } from './wire/words.ts';

let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId: string;

beforeAll(async () => {
  ({ engine, sensor, agent, imageId } = await openSensorWorld());
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

/** A policy without a model, in which `nc` is a tool. */
async function forbid(version: number, edges: readonly { readonly child: bigint; readonly caller: bigint }[] = []) {
  const file = await imageFile(engine, [image, 'bin/nc']);
  const effects = {
    driftEffect: 'ignore',
    codeEffect: 'ignore',
    modelEffect: 'ignore',
    toolEffect: 'prevent',
  } as const;
  const whole = edges.map((edge) => ({ ...edge, applet: 0n }));
  const tables = {
    images: [imageId],
    table: 0,
    tools: [{ inode: file.inode }],
    edges: whole,
    digests: [],
    folders: [],
  };
  const flags = policyFlag.skipExecSessions;
  agent.send({ kind: 'policy', policy: 7, version, flags, ...effects, ...tables });
  await agent.until('policy-reply', (one) => one.version === version);
}

const run = (...words: readonly string[]) => docker(engine, 'run', '--rm', '--network', 'none', image, ...words);
/** Listens for a moment: refused, it ends with 126. */
const listen = '/bin/nc -l -p 4000 & sleep 0.1; kill $! 2>/dev/null; wait $!; echo code $?';

test('an application’s tool is refused without a model, whoever ran it before and however often it is tried', async () => {
  await forbid(1);
  expect((await run('nc', '--help')).stderr).toContain('BusyBox');
  for (let tries = 0; tries < 2; tries++) expect((await run('sh', '-c', listen)).stdout).toBe('code 126');
  const reported = await agent.until('exec', ({ path, verdict }) => path === '/bin/nc' && verdict !== 'observed');
  expect(reported).toMatchObject({ verdict: 'refused', reason: 'tool', session: 'entry', callerPath: '/bin/sh' });
  await docker(engine, 'run', '-d', '--name', 'entered', '--network', 'none', image, 'sleep', '60');
  const entered = await docker(engine, 'exec', 'entered', 'sh', '-c', listen);
  await docker(engine, 'rm', '--force', 'entered');
  expect(entered.stdout).toBe('code 143');
});

test('not where a person allowed the line', async () => {
  const shell = (await imageFile(engine, [image, 'bin/sh'])).inode;
  await forbid(2, [{ child: (await imageFile(engine, [image, 'bin/nc'])).inode, caller: shell }]);
  expect((await run('sh', '-c', listen)).stdout).toBe('code 143');
});
