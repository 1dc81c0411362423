import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onABusyHost } from '../../../test/make/busy-host.ts';
import { type TestEngine, startTestEngine } from '../../../test/make/docker.ts';
import { dockerArchive } from '../../../test/make/image.ts';
import { docker } from '../../../test/make/program-image.ts';
import { startTestSensor, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, putEffects } from '../../../test/make/sensor-world.ts';
import { directory, file, makeTar, symlink } from '../../../test/make/tar.ts';

// An entrypoint that gives all files of an application to its user, and an application that then runs each of them.

const image = 'parts:1';
const parts = 2000;
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  const layer = makeTar([
    directory('bin'),
    directory('tmp'),
    directory('parts'),
    file('bin/busybox', readFileSync('/usr/bin/busybox'), 0o755),
    ...['sh', 'sleep'].map((name) => symlink(`bin/${name}`, 'busybox')),
    ...Array.from({ length: parts }, (_, at) => file(`parts/p${at}`, `#!/bin/sh\necho ${at} >/dev/null\n`, 0o755)),
  ]);
  const config = { config: { Env: ['PATH=/bin'] } };
  await engine.load(dockerArchive([layer], { names: [image], config }).bytes);
  sensor = await startTestSensor(engine.root);
  agent = new TestAgent(sensor.socket);
  configure(agent);
  const { stdout } = await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', image);
  await putEffects(agent, stdout, { driftEffect: 'prevent', codeEffect: 'prevent' });
}, 120_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

async function runAs(words: string): Promise<readonly string[]> {
  const { stdout: id } = await docker(engine, 'run', '-d', '--network', 'none', image, 'sh', '-c', words);
  await docker(engine, 'wait', id);
  const { stdout, stderr } = await docker(engine, 'logs', id);
  await docker(engine, 'rm', id);
  return `${stdout}\n${stderr}`.trim().split('\n');
}

const give = 'busybox chown -R 1000:1000 /parts /bin';
/** Runs each part in one of several lanes; counts those that did not run. */
const runAll = (lanes: number) =>
  `for lane in $(busybox seq ${lanes}); do (bad=0; for p in /parts/p*\${lane}; do $p || bad=$((bad + 1)); done; echo bad $bad) & done; wait`;

test('runs all of its files beside busy loops, from several lanes, with no refusal', async () => {
  const before = agent.frames.length;
  const said = await onABusyHost(() => runAs(`${give}; ${runAll(9)}; ${runAll(9)}`));
  expect(said).toEqual(Array.from({ length: 18 }, () => 'bad 0'));
  const reported = agent.frames.slice(before).filter((one) => one.kind === 'exec' && one.verdict !== 'observed');
  expect(reported).toEqual([]);
}, 240_000);
