import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppletPolicy, appletImage, loadAppletImage, putAppletPolicy } from '../../../test/make/applet-image.ts';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker } from '../../../test/make/program-image.ts';
import type { TestAgent, TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, openSensorWorld } from '../../../test/make/sensor-world.ts';

let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId: string;
let version = 0;

beforeAll(async () => {
  ({ engine, sensor, agent } = await openSensorWorld());
  await loadAppletImage(engine);
  imageId = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', appletImage)).stdout;
  configure(agent);
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

const put = (applets: AppletPolicy['applets'], effect: AppletPolicy['effect'] = 'prevent') =>
  putAppletPolicy(engine, agent, { version: (version += 1), imageId, effect, applets });

/** Runs a line in the image's shell; its last line is the code with which it ended. */
async function shell(line: string): Promise<string> {
  const words = ['run', '--rm', '--network', 'none', appletImage, 'sh', '-c', `${line}; echo code $?`];
  return (await docker(engine, ...words)).stdout;
}

test('before the table of its image is there each program is told by its words, though it runs only once', async () => {
  expect(await shell('/bin/true; /bin/cat /nothing; /bin/ls /nothing')).toMatch(/code 1$/);
  for (const word of ['true', 'cat', 'ls'])
    await agent.until('exec', ({ argv }) => argv.split('\0').includes(`/bin/${word}`));
  expect(await shell('/bin/busybox true; /bin/busybox cat /nothing; /bin/busybox ls /nothing')).toMatch(/code 1$/);
  for (const word of ['true', 'cat', 'ls'])
    await agent.until('exec', ({ argv }) => argv.split('\0').slice(0, 2).join(' ') === `/bin/busybox ${word}`);
});

test('what was learned goes on, however it is called', async () => {
  await put(['ls', 'cat', 'true']);
  expect(await shell('/bin/ls /')).toMatch(/^bin\n[^]*\ncode 0$/);
  expect(await shell('/bin/busybox ls /bin')).toMatch(/busybox\n[^]*\ncode 0$/);
  expect(await shell('(exec -a -ls /bin/nc /bin)')).toMatch(/busybox\n[^]*\ncode 0$/);
  expect(await shell('i=0; while [ $i -lt 300 ]; do /bin/true || break; i=$((i+1)); done; echo $i')).toBe(
    '300\ncode 0',
  );
});

test.each([
  ['nc', '/bin/nc -l -p 4000'],
  ['wget', '/bin/wget http://127.0.0.1/'],
  ['nc', '/bin/busybox nc -l'],
  ['nc', '/bin/busybox busybox /x/nc -l'],
  ['nc', '(exec -a nc /bin/ls)'],
  ['nc', '(exec -a busybox /bin/ls nc)'],
  ['{odd}', '(exec -a busyboxls /bin/ls nc)'],
  ['{odd}', '(exec -a /x/--ls /bin/ls)'],
  ['busybox', '/bin/busybox'],
  ['{odd}', `(exec -a ${'/'.repeat(300)}nc /bin/ls)`],
  ['{odd}', '(exec -a "" /bin/ls)'],
])('the applet %s is killed where it was not learned: %s', async (applet, line) => {
  await put(['ls', 'cat']);
  const before = agent.of('exec').length;
  expect(await shell(line)).toBe('code 137');
  expect(
    await agent.until('exec', (one) => one.verdict === 'killed' && agent.of('exec').indexOf(one) >= before),
  ).toMatchObject({
    applet,
    path: '/bin/busybox',
    reason: 'unlearned',
    callerPath: '/bin/sh',
  });
});

test('nothing is killed where the effect is alert: it is told', async () => {
  await put(['ls'], 'alert');
  expect(await shell('/bin/id')).toMatch(/^uid=0/);
  expect(await agent.until('exec', ({ applet, verdict }) => applet === 'id' && verdict !== 'killed')).toMatchObject({
    verdict: 'alerted',
    reason: 'unlearned',
  });
});

test('an edge from before applets were recorded holds for each, and what is allowed is told with its applet', async () => {
  await put('any');
  expect(await shell('/bin/id')).toMatch(/^uid=0/);
  expect(await shell('/bin/busybox cat /nothing')).toBe('code 1');
  await agent.until('exec', ({ applet, verdict }) => applet === 'cat' && verdict === 'observed');
});

test('without an edge it is refused before it runs', async () => {
  await put([]);
  expect(await shell('/bin/ls')).toBe('code 126');
});
