import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { mappingFiles, mappingImage } from '../../../test/make/mapping-image.ts';
import { docker, imageFile } from '../../../test/make/program-image.ts';
import { startTestSensor, type TableFile, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import type { PolicyFrame } from './wire/policy-frame.ts';
import { codeFlag, feature, policyFlag } from './wire/words.ts';

const image = 'mappings:1';
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId: string;
let cgroup: bigint;

const prevent = { driftEffect: 'ignore', codeEffect: 'prevent', modelEffect: 'ignore', toolEffect: 'ignore' } as const;
/** So that the engine refuses none of the calls itself. */
const open = ['--security-opt', 'seccomp=unconfined'];
const fifteenMinutes = 900_000_000_000n;

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  await engine.load(await mappingImage(image));
  imageId = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', image)).stdout;
  sensor = await startTestSensor(engine.root);
  agent = new TestAgent(sensor.socket);
  agent.send({ kind: 'configure', bucketNs: fifteenMinutes, permissionBudgetMs: 200, eventsPerSecond: 100_000 });
  await setPolicy({});
  cgroup = await start('server', ...open, '--tmpfs', '/x:exec', '-v', 'shared:/shared');
}, 60_000);

afterAll(async () => {
  agent?.close();
  await sensor?.stop();
  await engine?.stop();
});

/** `files`: of the image's table; all of its code where nothing is said. */
async function setPolicy({ files, ...changes }: Partial<PolicyFrame> & { readonly files?: readonly TableFile[] }) {
  const version = 1 + agent.of('policy-reply').length;
  const all =
    files ?? (await Promise.all(mappingFiles.map(async (path) => ({ file: await imageFile(engine, [image, path]) }))));
  expect(await agent.putTable(7, all)).toMatchObject({ accepted: 1 });
  const whole = { policy: 7, version, flags: policyFlag.tabled, table: 7, images: [imageId], tools: [] };
  agent.send({ kind: 'policy', ...whole, edges: [], digests: [], ...prevent, ...changes });
  expect(await agent.until('policy-reply', (one) => one.version === version)).toMatchObject({ accepted: 1 });
}

/** Starts a container that waits; answers the number of its cgroup. */
async function start(name: string, ...words: readonly string[]): Promise<bigint> {
  const { stdout } = await docker(
    engine,
    'run',
    '-d',
    '--name',
    name,
    '--network',
    'none',
    ...words,
    image,
    'sleep',
    '600',
  );
  return (await agent.until('container', ({ id }) => id === stdout)).cgroup;
}

const inside = (words: string, name = 'server') => docker(engine, 'exec', name, 'sh', '-c', words);

/** What was told of mappings in the container since then. */
const toldSince = (before: number) =>
  agent.frames.slice(before).flatMap((one) => (one.kind === 'code' && one.cgroup === cgroup ? [one] : []));

/** All that the sensor had to tell so far has come. */
async function settled(): Promise<void> {
  const before = agent.frames.length;
  agent.send({ kind: 'ask-status' });
  await expect
    .poll(() => agent.frames.slice(before).some(({ kind }) => kind === 'status'), { timeout: 20_000 })
    .toBe(true);
}

const hasLsm = () => agent.of('sensor-hello').some(({ features }) => (features & feature.codeLsm) !== 0);

/** Every way to make code of a file executable. */
const ways = [
  'mmap',
  'shared-mmap',
  'mprotect-all',
  'mprotect-part',
  'mprotect-several',
  'mprotect-many',
  'mprotect-32',
  'pkey',
  'personality',
  'personality-later',
  'mremap',
  'mremap-grow',
  'shmat',
  'memfd',
  'false-name',
  'deleted',
  'crowded-lock',
  'swapping',
  'waiting-thread',
  'another-process',
] as const;

/** Runs `work` while eight processes take all the processor time that they get. */
async function onABusyHost<Value>(work: () => Promise<Value>): Promise<Value> {
  const loops = Array.from({ length: 8 }, () => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
  try {
    return await work();
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
  }
}

test('the sensor says how it stops mappings', async () => {
  const { features } = await agent.until('sensor-hello');
  expect(features & (feature.codeLsm | feature.codeKill)).not.toBe(0);
});

describe('code that is not the image’s does not run, however it is mapped', () => {
  test.each(ways)(
    '%s',
    async (way) => {
      const before = agent.frames.length;
      await inside(`cp /lib64/code.so /tmp/${way}.so`);
      const [told, ...more] = await stopped(way, `/tmp/${way}.so`);
      expect(more).toEqual([]);
      expect(told).toMatchObject({
        codeKind: 'library',
        openerPath: '/bin/map-code',
        argv: `map-code\0${way}\0/tmp/${way}.so`,
        flags: codeFlag.mapped,
        policy: 7,
        sequence: expect.any(BigInt),
      });
      expect(toldSince(before)).toHaveLength(1);
    },
    30_000,
  );

  test.each([
    ['that was copied in the container', 'cp /lib64/code.so /tmp/copy.so', '/tmp/copy.so', 'upper'],
    ['of the image that was changed', 'cp /lib64/code.so /tmp/c; cat /tmp/c >>/bin/true', '/bin/true', 'upper'],
    ['of the image that was copied up as it was', 'chmod 600 /bin/seq', '/bin/seq', 'upper'],
    ['on a tmpfs', 'cp /lib64/code.so /x/code.so', '/x/code.so', 'other'],
    ['that the engine mounts alone', 'cat /lib64/code.so >/etc/hosts', '/etc/hosts', 'other'],
  ])('a file %s', async (_, lay, path, origin) => {
    await inside(lay);
    expect(await stopped('mprotect-all', path)).toMatchObject([{ path, origin }]);
  });

  test('a descriptor from another container of the same image', async () => {
    await start('giver', '-v', 'shared:/shared');
    await docker(engine, 'exec', '-d', 'giver', 'map-code', 'give', '/lib64/code.so');
    await expect.poll(async () => (await inside('test -S /shared/socket; echo $?')).stdout).toBe('0');
    expect(await stopped('take', '-')).toMatchObject([{ path: '/lib64/code.so', origin: 'other' }]);
    await docker(engine, 'rm', '--force', 'giver');
  });

  test('a file of the image with another identity than the table has', async () => {
    const file = await imageFile(engine, [image, 'lib64/code.so']);
    for (const changed of [{ ctime: 1n }, { size: 1n }]) {
      await setPolicy({ files: [{ file: { ...file, ...changed }, flags: 0 }] });
      expect(await stopped('mprotect-all', '/lib64/code.so')).toMatchObject([
        { path: '/lib64/code.so', origin: 'image' },
      ]);
    }
    await setPolicy({ files: [{ file: { ...file, device: file.device + 1 } }] });
    expect((await inside('map-code mmap /lib64/code.so')).stdout).not.toContain('ran');
    await setPolicy({});
  });

  test('the loader of the first program of a container', async () => {
    const loader = `${engine.root}/loader`;
    copyFileSync('/lib64/ld-linux-x86-64.so.2', loader);
    const words = ['run', '--rm', '--network', 'none', '-v', `${loader}:/lib64/ld-linux-x86-64.so.2:ro`];
    const { code } = await docker(engine, ...words, image, 'dynamic');
    expect(code).not.toBe(0);
    await agent.until('code', ({ openerPath, origin }) => openerPath === '/bin/dynamic' && origin === 'other');
  });

  test('on a busy host, however often it is tried', async () => {
    await inside('cp /lib64/code.so /tmp/often.so');
    const often = ways.filter((way) => way !== 'swapping' && way !== 'mprotect-many');
    const count = Number(process.env['SEAWALL_MAPPING_TRIES'] ?? 20);
    const said = await onABusyHost(async () => {
      const all: string[] = [];
      for (const way of often) all.push((await inside(`map-code ${way} /tmp/often.so ${count} 2>&1`)).stdout);
      return all;
    });
    // Who shares memory with the one that maps is ended with it, the one that counts is not.
    for (const [at, text] of said.entries())
      expect.soft(text.replace(/Operation not permitted\n/gu, ''), often[at]).toBe(`stopped ${count}`);
  }, 600_000);
});

/** Runs `map-code` in the container, which must not run the code; what was told of it. */
async function stopped(way: string, path: string) {
  const before = agent.frames.length;
  const { stdout, stderr } = await inside(`map-code ${way} ${path} 2>&1; echo code $?`);
  expect(`${stdout}${stderr}`).not.toContain('ran');
  expect(stdout).toMatch(hasLsm() ? /code 126$/u : /code 137$/u);
  await settled();
  const told = toldSince(before);
  expect(told.map(({ verdict }) => verdict)).toEqual(told.map(() => (hasLsm() ? 'refused' : 'killed')));
  return told;
}

describe('nothing is told of', () => {
  test.each([
    ['code of the image', 'mmap', '/lib64/code.so'],
    ['code of the image, protected later', 'mprotect-all', '/lib64/code.so'],
    ['memory', 'memory', '/lib64/code.so'],
    ['memory that processes share', 'memory-of-many', '/lib64/code.so'],
    ['.NET’s memory', 'mapped-twice', '/lib64/code.so'],
  ])('%s', async (_, way, path) => {
    const before = agent.frames.length;
    expect((await inside(`map-code ${way} ${path}; echo code $?`)).stdout).toBe('ran\ncode 0');
    expect((await inside('dynamic; cat /dev/null; echo code $?')).stdout).toBe('code 0');
    await settled();
    expect(toldSince(before)).toEqual([]);
  });

  test('a file of the image’s layers that is no executable', async () => {
    const files = [{ file: await imageFile(engine, [image, 'bin/sh']), flags: 0 }];
    await setPolicy({ files });
    expect((await inside('map-code mmap /lib64/code.so')).stdout).toBe('ran');
    await setPolicy({});
  });

  test('the runtime, while it starts containers and sessions', async () => {
    const before = agent.frames.length;
    for (let round = 0; round < 5; round += 1) {
      await docker(engine, 'run', '--rm', '--network', 'none', image, 'dynamic');
      await docker(engine, 'exec', 'server', 'dynamic');
    }
    await settled();
    expect(agent.frames.slice(before).filter(({ kind }) => kind === 'code')).toEqual([]);
  });
});

test('where the effect is alert, code runs and is told once for each process', async () => {
  await setPolicy({ codeEffect: 'alert' });
  const before = agent.frames.length;
  await inside('cp /lib64/code.so /tmp/told.so');
  expect((await inside('map-code mprotect-several /tmp/told.so; map-code mmap /tmp/told.so')).stdout).toBe('ran\nran');
  await settled();
  const alerted = { verdict: 'alerted', path: '/tmp/told.so', flags: codeFlag.mapped, origin: 'upper' };
  expect(toldSince(before)).toMatchObject([alerted, alerted]);
  await setPolicy({});
});

test('a library that the policy names by its content is loaded', async () => {
  await inside('cp /lib64/libc.so.6 /tmp/named.so');
  const load = 'LD_PRELOAD=/tmp/named.so dynamic; echo code $?';
  expect((await inside(load)).stdout).toBe('code 0');
  expect((await inside(load)).stderr).toMatch(/cannot be preloaded/u);
  const sha256 = createHash('sha256').update(readFileSync('/lib/x86_64-linux-gnu/libc.so.6')).digest();
  await setPolicy({ digests: [{ sha256 }] });
  const before = agent.frames.length;
  expect(await inside(load)).toMatchObject({ stdout: 'code 0', stderr: '' });
  await settled();
  expect(toldSince(before)).toEqual([]);
  await setPolicy({});
});

describe('what is mapped now', () => {
  let requests = 0;

  /** What the sensor says of a container. */
  async function mappingsOf(asker: TestAgent, number: bigint) {
    const request = (requests += 1);
    asker.send({ kind: 'ask-code', cgroup: number, request });
    const end = await asker.until('mappings-end', (one) => one.request === request);
    return { end, files: asker.of('mapping').filter((one) => one.request === request) };
  }

  const stay = (name: string, way: string, path: string) =>
    docker(engine, 'exec', '-d', '-e', 'STAY=1', name, 'map-code', way, path);

  /** Waits until so many processes are in the container. */
  const untilThere = (name: string, count: number) =>
    expect
      .poll(async () => (await docker(engine, 'top', name)).stdout.split('\n').length, { timeout: 10_000 })
      .toBe(count + 1);

  test('is told file by file, with what the table has of each, and memory is counted apart', async () => {
    const number = await start('clean');
    await stay('clean', 'mmap', '/lib64/code.so');
    await stay('clean', 'memory', '/lib64/code.so');
    await stay('clean', 'mapped-twice', '/lib64/code.so');
    await untilThere('clean', 4);
    const { end, files } = await mappingsOf(agent, number);
    const ofImage = { cgroup: number, origin: 'image', listing: 'same', allowed: 0 } as const;
    expect(files.toSorted((one, other) => one.path.localeCompare(other.path))).toMatchObject([
      {
        ...ofImage,
        path: '/bin/map-code',
        mappings: 3,
        processes: 3,
        file: await imageFile(engine, [image, 'bin/map-code']),
      },
      { ...ofImage, path: '/bin/sleep', mappings: 1, processes: 1 },
      { ...ofImage, path: '/lib64/code.so', mappings: 1, processes: 1 },
    ]);
    expect(end).toMatchObject({
      processes: 4,
      mappings: 5,
      files: 3,
      anonymous: 2,
      policy: 7,
      passed: 0n,
      stopped: 0n,
      unjudged: 0n,
    });
    const born = await agent.until('container', ({ cgroup: of }) => of === number);
    expect(end.since).toBe(born.time);
    expect(end.time).toBeGreaterThan(end.since);
    await docker(engine, 'rm', '--force', 'clean');
  });

  test('a library in memory, and a page that was protected later, are among it where they were let through', async () => {
    await setPolicy({ codeEffect: 'alert' });
    const number = await start('alerted');
    await inside('cp /lib64/code.so /tmp/foreign.so', 'alerted');
    await stay('alerted', 'memfd', '/lib64/code.so');
    await stay('alerted', 'mprotect-part', '/tmp/foreign.so');
    await untilThere('alerted', 3);
    const { end, files } = await mappingsOf(agent, number);
    const others = files.filter(({ origin }) => origin !== 'image').map(({ path, origin }) => ({ path, origin }));
    expect(others.toSorted((one, other) => one.path.localeCompare(other.path))).toEqual([
      { path: '/tmp/foreign.so', origin: 'upper' },
      { path: 'memfd:hidden', origin: 'memory' },
    ]);
    expect(end.passed).toBeGreaterThanOrEqual(2n);
    expect(end.stopped).toBe(0n);
    await docker(engine, 'rm', '--force', 'alerted');
    await setPolicy({});
  });

  test('a mapping from before the sensor is among it too, and a container that nothing judges says so', async () => {
    await setPolicy({ codeEffect: 'ignore' });
    await start('before');
    await inside('cp /lib64/code.so /tmp/foreign.so', 'before');
    await stay('before', 'mmap', '/tmp/foreign.so');
    await untilThere('before', 2);
    const later = await startTestSensor(engine.root);
    const other = new TestAgent(later.socket);
    try {
      const name = (await docker(engine, 'inspect', '--format', '{{.Id}}', 'before')).stdout;
      const found = await other.until('container', ({ id, state }) => id === name && state === 'found');
      const { end, files } = await mappingsOf(other, found.cgroup);
      expect(files.find(({ path }) => path === '/tmp/foreign.so')).toMatchObject({ origin: 'upper', processes: 1 });
      expect(end.passed).toBe(0n);
      await docker(engine, 'exec', 'before', 'dynamic');
      expect((await mappingsOf(other, found.cgroup)).end.unjudged).toBeGreaterThan(0n);
    } finally {
      other.close();
      await later.stop();
      await docker(engine, 'rm', '--force', 'before');
      await setPolicy({});
    }
  });
});

test('the hooks, which run for every process of the host, cost less than 600 ns a call', async () => {
  const measured = ['mapping_stored', 'mapping_protected', 'mapping_checked', 'protection_checked'] as const;
  const figures = () => {
    const shown = JSON.parse(
      execFileSync('bpftool', ['prog', 'show', '-j'], { encoding: 'utf8' }),
    ) as readonly Figures[];
    return new Map(
      measured.map((name) => [name, shown.findLast((one) => one.name?.startsWith(name.slice(0, 15)))] as const),
    );
  };
  writeFileSync('/proc/sys/kernel/bpf_stats_enabled', '1');
  try {
    const before = figures();
    for (let start = 0; start < 300; start += 1) execFileSync('/bin/true');
    for (const [name, after] of figures()) {
      const count = (after?.run_cnt ?? 0) - (before.get(name)?.run_cnt ?? 0);
      if (count === 0) continue;
      const each = ((after?.run_time_ns ?? 0) - (before.get(name)?.run_time_ns ?? 0)) / count;
      process.stdout.write(`${name}: ${Math.round(each)} ns a call, ${Math.round(count / 300)} calls a start\n`);
      expect(each).toBeLessThan(600);
    }
  } finally {
    writeFileSync('/proc/sys/kernel/bpf_stats_enabled', '0');
  }
});

interface Figures {
  readonly name?: string;
  readonly run_cnt?: number;
  readonly run_time_ns?: number;
}
