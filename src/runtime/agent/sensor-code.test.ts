import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onABusyHost } from '../../../test/make/busy-host.ts';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker } from '../../../test/make/program-image.ts';
import type { TestAgent, TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, image, openSensorWorld, putEffects } from '../../../test/make/sensor-world.ts';

let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;

beforeAll(async () => {
  const world = await openSensorWorld();
  ({ engine, sensor, agent } = world);
  configure(agent);
  await putEffects(agent, world.imageId, { driftEffect: 'prevent', codeEffect: 'prevent' });
  await docker(engine, 'run', '-d', '--name', 'server', '--network', 'none', image, 'sleep', '300');
  await agent.until('exec', ({ path }) => path === '/bin/sleep');
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

/** A shell's words in the container. */
const inside = (words: string) => docker(engine, 'exec', 'server', 'sh', '-c', words);

test('a library that was dropped is loaded by no program, also on a busy host', async () => {
  const tries = 50;
  const load = 'LD_PRELOAD=/tmp/dropped.so /bin/dynamic 2>&1 >/dev/null';
  const four = `for j in 1 2 3 4; do (for i in $(seq ${tries}); do ${load}; done) & done; wait`;
  const { stdout } = await onABusyHost(() => inside(`cp /lib64/libc.so.6 /tmp/dropped.so; ${four}`));
  expect(stdout.match(/dropped\.so.*cannot be preloaded/gu)?.length).toBe(4 * tries);
}, 120_000);

test.each([
  ['renamed', 'mv /bin/sh /bin/other'],
  ['removed', 'rm /bin/sh'],
])('a shell that is %s while it runs takes in no script', async (how, words) => {
  await docker(engine, 'run', '-d', '--name', how, '--network', 'none', image, 'sleep', '300');
  const wait = `echo "touch /tmp/ran" >/tmp/${how}; until [ -e /tmp/${how}.sh ]; do sleep 0.1; done; . /tmp/${how}.sh`;
  await docker(engine, 'exec', '-d', how, 'sh', '-c', wait);
  await docker(engine, 'exec', how, ...words.split(' '));
  await docker(engine, 'exec', how, 'cp', `/tmp/${how}`, `/tmp/${how}.sh`);
  const reported = await agent.until('code', ({ path }) => path === `/tmp/${how}.sh`);
  expect(reported).toMatchObject({ verdict: 'refused', openerPath: '/bin/sh' });
  expect((await docker(engine, 'exec', how, 'ls', '/tmp')).stdout).not.toMatch(/^ran$/mu);
});

describe('a mount that a container makes later is watched', () => {
  const script = (mark: string) => `echo "touch /tmp/${mark}" >/later/code.sh; sleep 1; sh /later/code.sh`;

  beforeAll(async () => {
    const open = ['--privileged', '--network', 'none'];
    const { stdout } = await docker(engine, 'run', '-d', '--name', 'mounting', ...open, image, 'sleep', '300');
    await agent.until('container', ({ id }) => id === stdout);
    await docker(engine, 'exec', 'mounting', 'mkdir', '-p', '/later');
  });

  test.each([
    ['in its own mount namespace', `mount -t tmpfs later /later; ${script('one')}`, 'one'],
    [
      'in a mount namespace of a program’s own',
      `unshare -m sh -c 'mount -t tmpfs later /later; ${script('two')}'`,
      'two',
    ],
  ])('%s', async (_, words, mark) => {
    const before = agent.frames.length;
    await docker(engine, 'exec', 'mounting', 'sh', '-c', words);
    expect((await docker(engine, 'exec', 'mounting', 'ls', '/tmp')).stdout).not.toContain(mark);
    const reported = await agent.until(
      'code',
      (frame) => agent.frames.indexOf(frame) >= before && frame.path === '/later/code.sh',
    );
    expect(reported).toMatchObject({ verdict: 'refused', origin: 'other' });
  });
});
