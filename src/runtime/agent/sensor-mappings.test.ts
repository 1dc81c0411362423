import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onABusyHost } from '../../../test/make/busy-host.ts';
import { makeMapCode } from '../../../test/make/mapping-image.ts';
import { image, type MappingWorld, openMappingWorld } from '../../../test/make/mapping-world.ts';
import { docker, imageFile } from '../../../test/make/program-image.ts';
import { codeFlag, feature } from './wire/words.ts';

let at: MappingWorld;
let cgroup: bigint;

beforeAll(async () => {
  at = await openMappingWorld();
  // The engine's own filter refuses some of the calls.
  const open = ['--security-opt', 'seccomp=unconfined'];
  cgroup = await at.start('server', ...open, '--tmpfs', '/x:exec', '-v', 'shared:/shared');
}, 180_000);
afterAll(async () => await at?.close());

const inside = (words: string) => at.inside('server', words);

/** What was told of mappings in the container since then. */
const reportedSince = (before: number) =>
  at.agent.frames.slice(before).flatMap((one) => (one.kind === 'code' && one.cgroup === cgroup ? [one] : []));

/** All that the sensor had to tell so far has come. */
async function settled(): Promise<void> {
  const before = at.agent.frames.length;
  at.agent.send({ kind: 'ask-status' });
  await expect
    .poll(() => at.agent.frames.slice(before).some(({ kind }) => kind === 'status'), { timeout: 20_000 })
    .toBe(true);
}

const hasLsm = () => at.agent.of('sensor-hello').some(({ features }) => (features & feature.codeLsm) !== 0);

/** Every way to make code of a file executable. */
const ways = [
  'mmap',
  'shared-mmap',
  'mprotect-all',
  'mprotect-part',
  'mprotect-several',
  'mprotect-many',
  'mprotect-down',
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
  'another-thread',
] as const;

test('the sensor says how it stops mappings', async () => {
  const { features } = await at.agent.until('sensor-hello');
  expect(features & (feature.codeLsm | feature.codeKill)).not.toBe(0);
});

describe('code that is not the image’s does not run, however it is mapped', () => {
  test.each(ways)(
    '%s',
    async (way) => {
      const before = at.agent.frames.length;
      await inside(`cp /lib64/code.so /tmp/${way}.so`);
      const [reported, ...more] = await stopped(way, `/tmp/${way}.so`);
      expect(more).toEqual([]);
      expect(reported).toMatchObject({
        codeKind: 'library',
        openerPath: '/bin/map-code',
        argv: `map-code\0${way}\0/tmp/${way}.so`,
        flags: codeFlag.mapped,
        policy: 7,
        sequence: expect.any(BigInt),
      });
      expect(reportedSince(before)).toHaveLength(1);
    },
    30_000,
  );

  test.each([
    { which: 'that was copied', lay: 'cp /lib64/code.so /tmp/copy.so', path: '/tmp/copy.so', origin: 'upper' },
    {
      which: 'of the image that was changed',
      lay: 'cat /lib64/code.so >>/bin/true',
      path: '/bin/true',
      origin: 'upper',
    },
    {
      which: 'of the image that was copied up as it was',
      lay: 'chmod 600 /bin/seq',
      path: '/bin/seq',
      origin: 'upper',
    },
    { which: 'on a tmpfs', lay: 'cp /lib64/code.so /x/code.so', path: '/x/code.so', origin: 'other' },
    { which: 'that is mounted alone', lay: 'cat /lib64/code.so >/etc/hosts', path: '/etc/hosts', origin: 'other' },
  ])('a file $which', async ({ lay, path, origin }) => {
    await inside(lay);
    expect(await stopped('mprotect-all', path)).toMatchObject([{ path, origin }]);
  });

  test('a descriptor from another container of the same image', async () => {
    await at.start('giver', '-v', 'shared:/shared');
    await docker(at.engine, 'exec', '-d', 'giver', 'map-code', 'give', '/lib64/code.so');
    await expect.poll(async () => (await inside('test -S /shared/socket; echo $?')).stdout).toBe('0');
    expect(await stopped('take', '-')).toMatchObject([{ path: '/lib64/code.so', origin: 'other' }]);
    await docker(at.engine, 'rm', '--force', 'giver');
  });

  test('a file of the image with another identity than the table has', async () => {
    const file = await imageFile(at.engine, [image, 'lib64/code.so']);
    for (const changed of [{ ctime: 1n }, { size: 1n }]) {
      await at.setPolicy({ files: [{ file: { ...file, ...changed }, flags: 0 }] });
      expect(await stopped('mprotect-all', '/lib64/code.so')).toMatchObject([
        { path: '/lib64/code.so', origin: 'image' },
      ]);
    }
    await at.setPolicy({ files: [{ file: { ...file, device: file.device + 1 } }] });
    expect((await inside('map-code mmap /lib64/code.so')).stdout).not.toContain('ran');
    await at.setPolicy({});
  });

  test('the loader of the first program of a container', async () => {
    const loader = `${at.engine.root}/loader`;
    copyFileSync('/lib64/ld-linux-x86-64.so.2', loader);
    const words = ['run', '--rm', '--network', 'none', '-v', `${loader}:/lib64/ld-linux-x86-64.so.2:ro`];
    const { code } = await docker(at.engine, ...words, image, 'dynamic');
    expect(code).not.toBe(0);
    await at.agent.until('code', ({ openerPath, origin }) => openerPath === '/bin/dynamic' && origin === 'other');
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
  const before = at.agent.frames.length;
  const { stdout, stderr } = await inside(`map-code ${way} ${path} 2>&1; echo code $?`);
  expect(`${stdout}${stderr}`).not.toContain('ran');
  expect(stdout).toMatch(hasLsm() ? /code 126$/u : /code 137$/u);
  await settled();
  const reported = reportedSince(before);
  expect(reported.map(({ verdict }) => verdict)).toEqual(reported.map(() => (hasLsm() ? 'refused' : 'killed')));
  return reported;
}

describe('nothing is told of', () => {
  test.each([
    ['code of the image', 'mmap', '/lib64/code.so'],
    ['code of the image, protected later', 'mprotect-all', '/lib64/code.so'],
    ['memory', 'memory', '/lib64/code.so'],
    ['memory that processes share', 'memory-of-many', '/lib64/code.so'],
    ['.NET’s memory', 'mapped-twice', '/lib64/code.so'],
  ])('%s', async (_, way, path) => {
    const before = at.agent.frames.length;
    expect((await inside(`map-code ${way} ${path}; echo code $?`)).stdout).toBe('ran\ncode 0');
    expect((await inside('dynamic; cat /dev/null; echo code $?')).stdout).toBe('code 0');
    await settled();
    expect(reportedSince(before)).toEqual([]);
  });

  test('a file of the image’s layers that is no executable', async () => {
    const files = [{ file: await imageFile(at.engine, [image, 'bin/sh']), flags: 0 }];
    await at.setPolicy({ files });
    expect((await inside('map-code mmap /lib64/code.so')).stdout).toBe('ran');
    await at.setPolicy({});
  });

  test('the runtime, while it starts containers and sessions', async () => {
    const before = at.agent.frames.length;
    for (let round = 0; round < 5; round += 1) {
      await docker(at.engine, 'run', '--rm', '--network', 'none', image, 'dynamic');
      await docker(at.engine, 'exec', 'server', 'dynamic');
    }
    await settled();
    expect(at.agent.frames.slice(before).filter(({ kind }) => kind === 'code')).toEqual([]);
  });
});

test('where the effect is alert, code runs and is told once for each process', async () => {
  await at.setPolicy({ codeEffect: 'alert' });
  const before = at.agent.frames.length;
  await inside('cp /lib64/code.so /tmp/told.so');
  expect((await inside('map-code mprotect-several /tmp/told.so; map-code mmap /tmp/told.so')).stdout).toBe('ran\nran');
  await settled();
  const alerted = { verdict: 'alerted', path: '/tmp/told.so', flags: codeFlag.mapped, origin: 'upper' };
  expect(reportedSince(before)).toMatchObject([alerted, alerted]);
  await at.setPolicy({});
});

test('a program’s own file may be mapped as it was when the program was started, and no other', async () => {
  const stopped = hasLsm() ? 'code 126' : 'code 137';
  await at.start('two', '--tmpfs', '/x:exec', '--tmpfs', '/y:exec');
  const run = async (words: string) => (await at.inside('two', `${words}; echo code $?`)).stdout;
  const program = await makeMapCode();
  // Its content may be opened; of a copy that changes its time, the kernel knows it no more.
  await at.setPolicy({ digests: [{ sha256: createHash('sha256').update(program).digest() }] });
  await run('cp /bin/map-code /tmp/own');
  expect(await run('/tmp/own itself /tmp/own')).toBe('code 0');
  expect(await run('/tmp/own itself-touched /tmp/own')).toBe(stopped);
  await at.setPolicy({});
  expect(await run('map-code twin /lib64/code.so')).toBe(stopped);
  await docker(at.engine, 'rm', '-f', 'two');
});

test('a library that the policy names by its content is loaded', async () => {
  await inside('cp /lib64/libc.so.6 /tmp/named.so');
  const load = 'LD_PRELOAD=/tmp/named.so dynamic; echo code $?';
  expect((await inside(load)).stdout).toBe('code 0');
  expect((await inside(load)).stderr).toMatch(/cannot be preloaded/u);
  const sha256 = createHash('sha256').update(readFileSync('/lib/x86_64-linux-gnu/libc.so.6')).digest();
  await at.setPolicy({ digests: [{ sha256 }] });
  const before = at.agent.frames.length;
  expect(await inside(load)).toMatchObject({ stdout: 'code 0', stderr: '' });
  await settled();
  expect(reportedSince(before)).toEqual([]);
  // Nor is its content known while somebody may change it.
  const hold = 'cp /lib64/libc.so.6 /tmp/held.so; (map-code holding /tmp/held.so >/dev/null &); sleep 1';
  const held = load.replace('named', 'held');
  expect((await inside(`${hold}; ${held}`)).stderr).toMatch(/cannot be preloaded/u);
  await expect.poll(async () => (await inside(held)).stderr, { timeout: 20_000, interval: 500 }).toBe('');
  await at.setPolicy({});
});

test('content on a tmpfs, which changes without a new time, is hashed each time it is opened', async () => {
  const script = createHash('sha256').update('#echo ran\n').digest();
  const library = createHash('sha256').update(readFileSync('/lib/x86_64-linux-gnu/libc.so.6')).digest();
  await at.setPolicy({ digests: [script, library].toSorted(Buffer.compare).map((sha256) => ({ sha256 })) });
  const run = 'sh /x/named.sh; echo code $?';
  expect(await inside(`echo '#echo ran' >/x/named.sh; ${run}`)).toMatchObject({ stdout: 'code 0', stderr: '' });
  const { stdout, stderr } = await inside(`map-code rewriting /x/named.sh; ${run}`);
  expect([stdout, stderr]).toEqual(['code 2', expect.stringMatching(/not permitted/u)]);
  // Of a library the kernel would know its times alone.
  const load = 'cp /lib64/libc.so.6 /x/named.so; LD_PRELOAD=/x/named.so dynamic';
  expect((await inside(load)).stderr).toMatch(/cannot be preloaded/u);
  await at.setPolicy({});
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
