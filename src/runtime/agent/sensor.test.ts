import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker, imageFile, ownPrograms } from '../../../test/make/program-image.ts';
import { startTestSensor, type TableFile, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, image, openSensorWorld } from '../../../test/make/sensor-world.ts';
import type { ContainerFrame } from './wire/frames.ts';
import type { PolicyFrame } from './wire/policy-frame.ts';
import { feature, policyFlag } from './wire/words.ts';

const nothing = { tools: [], edges: [], digests: [], folders: [] };
const fileFlag = { loader: 1, arguments: 2 } as const;
const fifteenMinutes = 900_000_000_000n;
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId: string;
beforeAll(async () => {
  ({ engine, sensor, agent, imageId } = await openSensorWorld());
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

function runOnce(...words: readonly string[]) {
  return docker(engine, 'run', '--rm', '--network', 'none', image, ...words);
}

/** Runs words in a fresh container, and gives its id with how the words ended. */
async function runNamed(name: string, ...words: readonly string[]) {
  const done = await docker(engine, 'run', '--name', name, '--network', 'none', image, ...words);
  const id = (await docker(engine, 'inspect', '--format', '{{.Id}}', name)).stdout;
  await docker(engine, 'rm', '--force', name);
  return { ...done, id };
}

const open = { driftEffect: 'ignore', codeEffect: 'ignore', modelEffect: 'ignore', toolEffect: 'ignore' } as const;

/** `files`: of the image's table; none where nothing is said. */
async function setPolicy({ files, ...policy }: Partial<PolicyFrame> & { readonly files?: readonly TableFile[] }) {
  const version = 1 + agent.of('policy-reply').length;
  if (files !== undefined) expect(await agent.putTable(7, files)).toMatchObject({ accepted: 1, reason: '' });
  const table = files === undefined ? 0 : 7;
  const whole = { ...nothing, policy: 7, version, flags: 0, table, images: [imageId] };
  agent.send({ kind: 'policy', ...whole, ...open, ...policy });
  const reply = await agent.until('policy-reply', (one) => one.version === version);
  expect(reply).toMatchObject({ accepted: 1, reason: '' });
}

/** Every program of the image as the policy's table has it. */
async function table(flags: Readonly<Record<string, number>> = {}) {
  const paths = [...ownPrograms, 'in-memory', 'dynamic'].map((one) => `bin/${one}`);
  const all = [...paths, 'lib64/ld-linux-x86-64.so.2', 'lib64/libc.so.6'];
  return Promise.all(
    all.map(async (path) => ({ file: await imageFile(engine, [image, path]), flags: flags[path] ?? 0 })),
  );
}

const inode = async (path: string) => (await imageFile(engine, [image, path])).inode;

describe('what the sensor tells', () => {
  test('says which mechanisms it has', async () => {
    const hello = await agent.until('sensor-hello');
    const all = feature.birth | feature.execRecord | feature.listen | feature.pinned;
    expect(hello.features & all).toBe(all);
    expect(hello.kernel).toMatch(/^\d+\.\d+/u);
  });

  test('tells a container with its image, and its programs with file, caller, arguments and ancestors', async () => {
    const asked = performance.now();
    const { id } = await runNamed(
      'told',
      'sh',
      '-c',
      '/bin/ls / >/dev/null; /bin/sh -c "/bin/id; true" x --password=hunter22; true',
    );
    const born = await agent.until('container', (one) => one.id === id && one.state === 'born');
    expect(born).toMatchObject({ image: imageId, policy: 0 });
    expect(born.armed & 1).toBe(1);
    expect(born.armUs / 1000).toBeLessThan((performance.now() - asked) / 50);
    const execs = () => agent.of('exec').filter((one) => one.cgroup === born.cgroup);
    const identity = await agent.until('exec', (one) => one.cgroup === born.cgroup && one.path === '/bin/id');
    expect(execs()[0]).toMatchObject({ path: '/bin/sh', callerOrigin: 'host', session: 'entry', callerPath: '' });
    expect((execs()[0]?.flags ?? 0) & 1).toBe(1);
    expect(identity).toMatchObject({ origin: 'image', callerPath: '/bin/sh', given: '/bin/id', verdict: 'observed' });
    expect(identity.file).toEqual(await imageFile(engine, [image, 'bin/id']));
    expect(identity.caller).toEqual(await imageFile(engine, [image, 'bin/sh']));
    expect(identity.ancestors.map(({ path }) => path)).toEqual(['/bin/sh', '/bin/sh']);
    expect(execs().map(({ argv }) => argv.split('\0'))).toContainEqual(['/bin/ls', '/']);
    const gone = await agent.until('container', (one) => one.id === id && one.state === 'gone');
    expect(gone.sequence).toBeGreaterThan(identity.sequence);
    expect(JSON.stringify(execs(), (_, one) => (typeof one === 'bigint' ? '' : one))).not.toContain('hunter22');
  });

  test.each([
    ['many folders', 'd', 45],
    ['long names', 'n'.repeat(200), 25],
  ])('marks a path of %s that it cannot tell whole', async (_, name, depth) => {
    const script = `for i in $(seq ${depth}); do mkdir ${name}; cd ${name}; done; cp /bin/id ./id; ./id`;
    const { id } = await runNamed('deep', 'sh', '-c', `mkdir /tmp/top; cd /tmp/top; ${script}`);
    const { cgroup } = await agent.until('container', (one) => one.id === id && one.state === 'gone');
    const exec = await agent.until('exec', (one) => one.cgroup === cgroup && one.path.endsWith(`/${name}/id`));
    expect(exec.path).toMatch(new RegExp(`^…(/${name})+/id$`));
  });

  test('tells what docker exec brings in as a session of its own, and ports that are listened on', async () => {
    await docker(engine, 'run', '-d', '--name', 'entered', '--network', 'none', image, 'sleep', '30');
    await docker(engine, 'exec', 'entered', 'sh', '-c', '/bin/cat /dev/null; /bin/nc -l -p 4321 & sleep 0.2');
    await docker(engine, 'rm', '--force', 'entered');
    const first = await agent.until('exec', (one) => one.argv.includes('4321') && one.callerOrigin === 'host');
    expect(first).toMatchObject({ session: 'exec', path: '/bin/sh' });
    const cat = await agent.until('exec', (one) => one.path === '/bin/cat' && one.cgroup === first.cgroup);
    expect(cat).toMatchObject({ session: 'exec', callerPath: '/bin/sh' });
    expect(await agent.until('listen')).toMatchObject({ port: 4321, path: '/bin/nc', cgroup: first.cgroup });
  });

  test('tells a program once in a bucket, however often it runs, unless its arguments count', async () => {
    await setPolicy({ flags: policyFlag.tabled, files: await table({ 'bin/cat': fileFlag.arguments }) });
    const script =
      'for i in 1 2 3 4 5; do /bin/ls / >/dev/null; /bin/cat $i 2>/dev/null; /bin/cat /dev/null; done; true';
    const { id } = await runNamed('often', 'sh', '-c', script);
    const { cgroup } = await agent.until('container', (one) => one.id === id && one.state === 'gone');
    const execs = agent.of('exec').filter((one) => one.cgroup === cgroup);
    expect(execs.filter(({ path }) => path === '/bin/ls')).toHaveLength(1);
    expect(execs.filter(({ path }) => path === '/bin/cat')).toHaveLength(6);
  });

  test('attributes 100 containers that live for a moment, and loses none', async () => {
    const before = agent.frames.length;
    const inFours = Array.from({ length: 4 }, async () => {
      for (let one = 0; one < 25; one += 1) await runOnce('true');
    });
    await Promise.all(inFours);
    const since = () => agent.frames.slice(before);
    const of = (state: string) =>
      since().filter((one): one is ContainerFrame => one.kind === 'container' && one.state === state);
    await agent.until('container', () => of('gone').length >= 100);
    const programs = since().filter((one) => one.kind === 'exec');
    expect(new Set(of('born').map(({ id }) => id)).size).toBe(100);
    expect(new Set(programs.map(({ cgroup }) => cgroup))).toEqual(new Set(of('born').map(({ cgroup }) => cgroup)));
    expect(programs).toHaveLength(100);
    expect(since().filter(({ kind }) => kind === 'loss')).toEqual([]);
  }, 300_000);

  test('needs less than 60 MB', () => {
    const resident = /VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${sensor.pid}/status`, 'utf8'))?.[1];
    expect(Number(resident)).toBeLessThan(60_000);
    expect(Number(resident)).toBeGreaterThan(1000);
  });

  test('closes the connection of who sends what is no frame, and serves the next one', async () => {
    for (const bytes of [[255, 255, 255, 255, 65, 0, 0, 0], [0, 0, 0, 0, 65, 0, 0, 0], Array(64).fill(0xff)]) {
      const hostile = new TestAgent(sensor.socket);
      hostile.sendRaw(Uint8Array.from(bytes));
      await hostile.closed();
    }
    agent = new TestAgent(sensor.socket);
    const cut = new Uint8Array(52).fill(0xff);
    agent.sendRaw(Uint8Array.from([52, 0, 0, 0, 67, 0, 0, 0, ...cut]));
    expect(await agent.until('policy-reply')).toMatchObject({ accepted: 0 });
    agent.send({ kind: 'ask-status' });
    expect(await agent.until('status')).toMatchObject({ policies: 1, lost: 0n });
  });
});

describe('what the policy refuses', () => {
  afterEach(() => setPolicy({}));

  const prevent = { driftEffect: 'prevent' } as const;

  /** Runs words that are refused, or killed where the refusal cannot see them; gives what was told of it. */
  async function expectRefused(words: string, verdict: 'refused' | 'killed' = 'refused') {
    const name = `refused-${agent.frames.length}`;
    const done = await runNamed(name, 'sh', '-c', `${words}; echo code $?`);
    const { cgroup } = await agent.until('container', (one) => one.id === done.id);
    const exec = await agent.until('exec', (one) => one.cgroup === cgroup && one.verdict === verdict);
    expect(done.stdout).toMatch(verdict === 'refused' ? /code 126$/u : /code 137$/u);
    return exec;
  }

  test('a program that was written in the container', async () => {
    await setPolicy(prevent);
    const exec = await expectRefused('cp /bin/ls /bin/zz && /bin/zz /');
    expect(exec).toMatchObject({ reason: 'drift', origin: 'upper', path: '/bin/zz', callerPath: '/bin/sh', policy: 7 });
    expect((await runOnce('ls', '/')).code).toBe(0);
  });

  test('nothing of it runs: its first system call leaves no trace', async () => {
    await setPolicy(prevent);
    await docker(engine, 'run', '-d', '--name', 'trace', '--network', 'none', image, 'sleep', '60');
    const script = 'cp /bin/touch /tmp/touch; for i in $(seq 100); do /tmp/touch /tmp/ran-$i; done; ls /tmp';
    const done = await docker(engine, 'exec', 'trace', 'sh', '-c', script);
    await docker(engine, 'rm', '--force', 'trace');
    expect(done.stdout.split('\n')).toEqual(['touch']);
  });

  test('a program in memory', async () => {
    await setPolicy(prevent);
    const exec = await expectRefused('in-memory /bin/ls ls /', 'killed');
    expect(exec).toMatchObject({ reason: 'drift', origin: 'memory', callerPath: '/bin/in-memory', argv: 'ls\0/' });
  });

  test('a program on a tmpfs', async () => {
    await setPolicy(prevent);
    const words = ['run', '--rm', '--network', 'none', '--tmpfs', '/x:exec', image, 'sh', '-c'];
    const done = await docker(engine, ...words, 'cp /bin/ls /x/zz; /x/zz; echo code $?');
    expect(done.stdout).toBe('code 126');
    expect(await agent.until('exec', (one) => one.path === '/x/zz')).toMatchObject({
      origin: 'other',
      reason: 'drift',
    });
  });

  test('the dynamic loader as main program, not where it serves one', async () => {
    const files = await table({ 'lib64/ld-linux-x86-64.so.2': fileFlag.loader });
    await setPolicy({ ...prevent, flags: policyFlag.tabled, files });
    expect((await runOnce('dynamic')).code).toBe(0);
    const exec = await expectRefused('/lib64/ld-linux-x86-64.so.2 /bin/dynamic', 'killed');
    expect(exec).toMatchObject({ reason: 'loader', origin: 'image', path: '/lib64/ld-linux-x86-64.so.2' });
  });

  test('a file of the image with another identity than the table has', async () => {
    const files = (await table()).map((one, index) =>
      index === 1 ? { ...one, file: { ...one.file, ctime: 1n } } : one,
    );
    await setPolicy({ ...prevent, flags: policyFlag.tabled, files });
    expect(await expectRefused('/bin/ls /')).toMatchObject({ reason: 'modified', path: '/bin/ls' });
    await setPolicy({ ...prevent, flags: policyFlag.tabled, files: files.slice(0, 1) });
    expect(await expectRefused('/bin/id')).toMatchObject({ reason: 'modified', path: '/bin/id' });
  });

  test('a program that the model lacks, not in an exec session that is left out', async () => {
    const [sh, ls, sleep] = await Promise.all(['bin/sh', 'bin/ls', 'bin/sleep'].map(inode));
    const from = (child: bigint | undefined, caller: bigint | undefined) => ({
      child: child ?? 0n,
      caller: caller ?? 0n,
      applet: 0n,
    });
    const edges = [from(sh, 0n), from(ls, sh), from(sleep, 0n)];
    const flags = policyFlag.tabled | policyFlag.modelled;
    await setPolicy({ modelEffect: 'prevent', flags, files: await table(), edges });
    expect((await runOnce('sh', '-c', '/bin/ls /')).code).toBe(0);
    expect(await expectRefused('/bin/id')).toMatchObject({
      reason: 'unlearned',
      path: '/bin/id',
      callerPath: '/bin/sh',
    });
    await docker(engine, 'run', '-d', '--name', 'modelled', '--network', 'none', image, 'sleep', '60');
    const refused = await docker(engine, 'exec', 'modelled', 'sh', '-c', '/bin/id; echo code $?');
    await setPolicy({
      modelEffect: 'prevent',
      flags: flags | policyFlag.skipExecSessions,
      files: await table(),
      edges,
    });
    const allowed = await docker(engine, 'exec', 'modelled', 'sh', '-c', '/bin/id; echo code $?');
    await docker(engine, 'rm', '--force', 'modelled');
    expect(refused.stdout).toBe('code 126');
    expect(allowed.stdout).toMatch(/^uid=0.*\ncode 0$/u);
  });

  test('nothing where the effect is alert: it is told', async () => {
    await setPolicy({ driftEffect: 'alert' });
    const { id, stdout } = await runNamed(
      'alerted',
      'sh',
      '-c',
      'cp /bin/ls /bin/yy; /bin/yy / >/dev/null; echo code $?',
    );
    const { cgroup } = await agent.until('container', (one) => one.id === id);
    const exec = await agent.until('exec', (one) => one.cgroup === cgroup && one.path === '/bin/yy');
    expect(exec).toMatchObject({ verdict: 'alerted', reason: 'drift', argv: '/bin/yy\0/' });
    expect(stdout).toBe('code 127');
  });

  test('a policy that is set for one container by its id', async () => {
    await setPolicy({ policy: 9, images: [], ...prevent });
    await docker(engine, 'run', '-d', '--name', 'assigned', '--network', 'none', image, 'sleep', '60');
    const id = (await docker(engine, 'inspect', '--format', '{{.Id}}', 'assigned')).stdout;
    const drift = ['exec', 'assigned', 'sh', '-c', 'cp /bin/true /bin/true-2; /bin/true-2; echo code $?'];
    const before = await docker(engine, ...drift);
    agent.send({ kind: 'assign', policy: 9, id });
    agent.send({ kind: 'ask-status' });
    await agent.until('status', ({ policies }) => policies === 2);
    const after = await docker(engine, ...drift);
    await docker(engine, 'rm', '--force', 'assigned');
    expect([before.stdout, after.stdout]).toEqual(['code 127', 'code 126']);
  });
});

describe('who else is there', () => {
  test('a sensor of another engine tells nothing of ours', async () => {
    const other = await startTestSensor(mkdtempSync(join(tmpdir(), 'seawall-nobody-')));
    const stranger = new TestAgent(other.socket);
    await stranger.until('sensor-hello');
    await runOnce('ls', '/');
    stranger.send({ kind: 'ask-status' });
    expect(await stranger.until('status')).toMatchObject({ containers: 0, events: 0n });
    stranger.close();
    await other.stop();
  });

  test('a flood in one container hides nothing of another', async () => {
    await setPolicy({ driftEffect: 'prevent' });
    agent.send({ kind: 'configure', bucketNs: fifteenMinutes, permissionBudgetMs: 200, eventsPerSecond: 50 });
    const flood = 'cp /bin/true /tmp/t; while :; do for i in $(seq 500); do /tmp/t & done; wait; done';
    await docker(engine, 'run', '-d', '--name', 'flood', '--network', 'none', image, 'sh', '-c', flood);
    await agent.until('exec', ({ path }) => path === '/tmp/t');
    const { id } = await runNamed('quiet', 'sh', '-c', 'cp /bin/ls /bin/quiet; /bin/quiet');
    const { cgroup } = await agent.until('container', (one) => one.id === id);
    const exec = await agent.until('exec', (one) => one.cgroup === cgroup && one.path === '/bin/quiet');
    expect(['refused', 'killed']).toContain(exec.verdict);
    const throttled = await agent.until('throttle');
    await docker(engine, 'rm', '--force', 'flood');
    expect(throttled.cgroup).not.toBe(cgroup);
    expect(agent.of('loss').filter((one) => one.cgroup === cgroup)).toEqual([]);
  });
});

describe('a sensor that was killed', () => {
  const state = async () => (await agent.until('status')).policies;

  test('kills on while it is away, and tells afterwards what happened meanwhile', async () => {
    await setPolicy({ driftEffect: 'prevent' });
    await docker(engine, 'run', '-d', '--name', 'outlived', '--network', 'none', image, 'sleep', '300');
    const id = (await docker(engine, 'inspect', '--format', '{{.Id}}', 'outlived')).stdout;
    const epoch = agent.of('sensor-hello').at(-1)?.epoch;
    const { cgroup } = await agent.until('container', (one) => one.id === id);
    agent.close();
    await sensor.kill();

    const drift = ['sh', '-c', 'cp /bin/id /bin/away; /bin/away; echo code $?'];
    expect((await docker(engine, 'exec', 'outlived', ...drift)).stdout).toBe('code 137');
    for (let one = 0; one < 20; one += 1) await docker(engine, 'exec', 'outlived', 'cat', `/nothing-${one}`);
    await docker(engine, 'run', '--name', 'born-away', '--network', 'none', image, 'true');
    const meanwhile = (await docker(engine, 'inspect', '--format', '{{.Id}}', 'born-away')).stdout;

    await sensor.start();
    agent = new TestAgent(sensor.socket);
    const hello = await agent.until('sensor-hello');
    expect(hello.epoch).toBe(epoch);
    const exec = await agent.until('exec', ({ path }) => path === '/bin/away');
    expect(exec).toMatchObject({ verdict: 'killed', cgroup, reason: 'drift' });
    const born = await agent.until('container', (one) => one.id === meanwhile && one.state === 'born');
    await agent.until('exec', (one) => one.cgroup === born.cgroup && one.path === '/bin/true');
    await agent.until('container', (one) => one.id === meanwhile && one.state === 'gone');
    agent.send({ kind: 'ask-status' });
    expect(await state()).toBeGreaterThan(0);
    expect(agent.of('loss')).toEqual([]);
    expect((await docker(engine, 'exec', 'outlived', ...drift)).stdout).toBe('code 126');
  });

  test('accounts for every event while it was away: told, held back, or more than its ring could hold', async () => {
    agent.close();
    await sensor.kill();
    await docker(engine, 'exec', 'outlived', 'cp', '/bin/true', '/bin/many');
    const many = 'for i in $(seq 4500); do /bin/many $i; done; echo done';
    const loops = await Promise.all([1, 2].map(() => docker(engine, 'exec', 'outlived', 'sh', '-c', many)));
    expect(loops.map(({ stdout }) => stdout)).toEqual(['done', 'done']);
    await sensor.start();
    agent = new TestAgent(sensor.socket);
    const killed = () => agent.of('exec').filter(({ path, verdict }) => path === '/bin/many' && verdict === 'killed');
    const counted = () =>
      [...agent.of('loss'), ...agent.of('throttle')].reduce((sum, { count }) => sum + Number(count), 0);
    agent.send({ kind: 'ask-status' });
    await expect.poll(() => killed().length + counted(), { timeout: 30_000 }).toBe(9000);
    expect(killed().length).toBeGreaterThan(0);
  }, 120_000);

  test('meets, when it is new, what runs already, and judges it', async () => {
    agent.close();
    await sensor.stop();
    const script = 'while :; do sleep 1; [ -e /tmp/go ] && { cp /bin/ls /bin/late; /bin/late; echo code $?; }; done';
    await docker(engine, 'run', '-d', '--name', 'early', '--network', 'none', image, 'sh', '-c', script);
    const id = (await docker(engine, 'inspect', '--format', '{{.Id}}', 'early')).stdout;
    sensor = await startTestSensor(engine.root);
    agent = new TestAgent(sensor.socket);
    await setPolicy({ driftEffect: 'prevent' });
    const found = await agent.until('container', (one) => one.id === id);
    expect(found).toMatchObject({ state: 'found', armed: 3, image: imageId });
    await docker(engine, 'exec', 'early', 'touch', '/tmp/go');
    const exec = await agent.until('exec', ({ path }) => path === '/bin/late');
    expect(exec).toMatchObject({ verdict: 'refused', session: 'entry', callerPath: '/bin/sh', cgroup: found.cgroup });
    expect(await agent.until('exec', ({ path }) => path === '/bin/touch')).toMatchObject({ session: 'exec' });
    await docker(engine, 'rm', '--force', 'early');
  });

  test('sends again what the agent did not keep', async () => {
    agent.close();
    await docker(engine, 'exec', 'outlived', 'env');
    const deaf = new TestAgent(sensor.socket, { acknowledges: false });
    const first = await deaf.until('exec', ({ path }) => path === '/bin/env');
    deaf.close();
    agent = new TestAgent(sensor.socket);
    const again = await agent.until('exec', ({ path }) => path === '/bin/env');
    expect(again).toEqual(first);
    await docker(engine, 'rm', '--force', 'outlived');
  });
});
