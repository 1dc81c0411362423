import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { docker, loadProgramImage } from '../../../test/make/program-image.ts';
import { startTestSensor, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';

const image = 'programs:1';
const cgroup2 = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((one) => existsSync(join(one, 'cgroup.procs'))) ?? '';
let engine: TestEngine;
let sensor: TestSensor;

// What the sensor must not do to the host that it protects.
beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  await loadProgramImage(engine, image);
}, 60_000);

afterAll(async () => {
  await sensor?.stop();
  await engine?.stop();
});

test('takes the runtime that still makes a container for no program of it, and marks none of the mounts that it sees', async () => {
  const words = ['run', '-d', '--network', 'none', '--tmpfs', '/place:exec', image, 'sleep', '60'];
  const id = (await docker(engine, ...words)).stdout.trim();
  const above = join(cgroup2, `seawall-test-${process.pid}`);
  // One that the engine has and has not started: no other cgroup has its name.
  const made = (await docker(engine, 'create', image, 'true')).stdout.trim();
  const group = join(above, made);
  mkdirSync(group, { recursive: true });
  // As the runtime's first process: in the container's cgroup, with everything else of the host still.
  const runtime = spawn('sh', ['-c', 'read line; exec sleep 60']);
  try {
    writeFileSync(join(group, 'cgroup.procs'), String(runtime.pid));
    sensor = await startTestSensor(engine.root);
    const agent = new TestAgent(sensor.socket);
    const cgroup = BigInt(statSync(group).ino);
    expect(await agent.until('container', (one) => one.cgroup === cgroup)).toMatchObject({ id: made });
    runtime.stdin.write('on\n');
    await expect.poll(() => readFileSync(`/proc/${runtime.pid}/comm`, 'utf8')).toBe('sleep\n');
    await docker(engine, 'exec', id, 'ls', '/');
    await agent.until('exec', ({ path }) => path === '/bin/ls');
    expect(agent.of('exec').filter((one) => one.cgroup === cgroup)).toEqual([]);
    agent.close();
    const ofHost = mountsOf('self').map(({ mount }) => mount);
    const first = (await docker(engine, 'inspect', '--format', '{{.State.Pid}}', id)).stdout.trim();
    const inside = mountsOf(first).find(({ place }) => place === '/place')?.mount;
    const marked = markedMounts(sensor.pid);
    expect(marked).toContain(inside);
    expect(marked.filter((mount) => ofHost.includes(mount))).toEqual([]);
  } finally {
    const ended = once(runtime, 'exit');
    runtime.kill('SIGKILL');
    await ended;
    for (const one of [group, above]) rmdirSync(one);
    await docker(engine, 'rm', '--force', id, made);
  }
}, 60_000);

test('who waits for a sensor that stands still is let through, and the next sensor watches on', async () => {
  const id = (await docker(engine, 'run', '-d', '--network', 'none', image, 'sleep', '60')).stdout.trim();
  const watched = new TestAgent(sensor.socket);
  await watched.until('container', (one) => one.id === id);
  watched.close();
  process.kill(sensor.pid, 'SIGSTOP');
  let done = false;
  const start = docker(engine, 'exec', id, 'sh', '-c', 'echo through').finally(() => (done = true));
  await new Promise((wake) => setTimeout(wake, 2000));
  expect(done).toBe(false);
  expect((await start).stdout).toBe('through');
  await sensor.kill();
  await sensor.start();
  const agent = new TestAgent(sensor.socket);
  await docker(engine, 'exec', id, 'id');
  await agent.until('exec', ({ path }) => path === '/bin/id');
  agent.close();
  await docker(engine, 'rm', '--force', id);
}, 60_000);

function mountsOf(process: string): readonly { readonly mount: number; readonly place: string | undefined }[] {
  const lines = readFileSync(`/proc/${process}/mountinfo`, 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ')).map((words) => ({ mount: Number(words[0]), place: words[4] }));
}

/** Ids of the mounts for which the kernel asks a process before a file is opened. */
function markedMounts(pid: number): readonly number[] {
  const folder = `/proc/${pid}/fdinfo`;
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.flatMap((line) => {
    const mount = /^fanotify mnt_id:([\da-f]+)/u.exec(line)?.[1];
    return mount === undefined ? [] : [Number.parseInt(mount, 16)];
  });
}
