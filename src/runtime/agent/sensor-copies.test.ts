import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker, imageFile, ownPrograms } from '../../../test/make/program-image.ts';
import type { TestAgent, TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, image, openSensorWorld } from '../../../test/make/sensor-world.ts';
import type { PolicyFrame } from './wire/policy-frame.ts';
import { fileFlag, policyFlag } from './wire/words.ts';

// Files of the image that were copied up, as an entrypoint's `chown -R` does, and hold what they held.

let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId = '';
let merged = '';
let containers = 0;
const refused = 126;
const strict = { driftEffect: 'prevent', codeEffect: 'prevent', modelEffect: 'ignore', toolEffect: 'ignore' } as const;
const paths = [...ownPrograms, 'dynamic'].map((one) => `bin/${one}`);
const inodes = new Map<string, bigint>();

beforeAll(async () => {
  ({ engine, sensor, agent, imageId } = await openSensorWorld());
  configure(agent);
  const all = [...paths, 'lib64/ld-linux-x86-64.so.2', 'lib64/libc.so.6'];
  const files = await Promise.all(
    all.map(async (path) => {
      const file = await imageFile(engine, [image, path]);
      inodes.set(`/${path}`, file.inode);
      return { file, flags: path.includes('ld-linux') ? fileFlag.loader : 0 };
    }),
  );
  await agent.putTable(3, files);
  await setPolicy();
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

let version = 0;
async function setPolicy(change: Partial<PolicyFrame> = {}): Promise<void> {
  version += 1;
  const lists = { table: 3, images: [imageId], tools: [], edges: [], digests: [], folders: [] };
  agent.send({ kind: 'policy', policy: 7, version, flags: policyFlag.tabled, ...lists, ...strict, ...change });
  await agent.until('policy-reply', (one) => one.version === version && one.accepted === 1);
}

/** A new container; `inside` runs a shell's words there. */
beforeEach(async () => {
  containers += 1;
  const name = `copied-${containers}`;
  const { stdout } = await docker(engine, 'run', '-d', '--name', name, '--network', 'none', image, 'sleep', '300');
  await agent.until('container', ({ id }) => id === stdout);
  merged = (await docker(engine, 'inspect', '--format', '{{.GraphDriver.Data.MergedDir}}', name)).stdout;
  return async () => {
    await docker(engine, 'rm', '-f', name);
  };
});

const inside = (words: string) => docker(engine, 'exec', `copied-${containers}`, 'sh', '-c', words);

/** As root in the container would, who has no such program in this image. */
const chown = (...folders: readonly string[]) =>
  execFileSync('chown', ['-R', '1000:1000', ...folders.map((one) => `${merged}${one}`)]);

/** What was told against the policy since then. */
const objections = (before: number) =>
  agent.frames
    .slice(before)
    .filter((one) => (one.kind === 'exec' || one.kind === 'code') && one.verdict !== 'observed');

describe('files that were copied up and hold what they held', () => {
  test.each([
    ['programs', () => chown('/bin'), '/bin/ls / >/dev/null && /bin/id && /bin/true'],
    ['a program with its loader and its library', () => chown('/bin', '/lib64'), '/bin/dynamic'],
    ['programs with a new time', () => inside('touch /bin/ls /bin/id'), '/bin/ls / >/dev/null && /bin/id'],
  ] as const)('run and are no drift: %s', async (_, copyUp, words) => {
    const before = agent.frames.length;
    await copyUp();
    expect(await inside(words)).toMatchObject({ code: 0 });
    expect(await inside(words)).toMatchObject({ code: 0 });
    expect(objections(before)).toEqual([]);
  });

  test('start others, as the image’s own', async () => {
    const edges = ['/bin/sh', '/bin/ls', '/bin/sleep'].flatMap((child) =>
      [0n, inodes.get('/bin/sh') ?? 0n].map((caller) => ({ child: inodes.get(child) ?? 0n, caller, applet: 0n })),
    );
    await setPolicy({ modelEffect: 'prevent', flags: policyFlag.tabled | policyFlag.modelled, edges });
    chown('/bin');
    expect(await inside('/bin/sh -c "/bin/ls / >/dev/null"')).toMatchObject({ code: 0 });
    await setPolicy();
  });

  test('are no way round the model', async () => {
    const edges = ['/bin/sh', '/bin/touch', '/bin/sleep'].map((child) => ({
      child: inodes.get(child) ?? 0n,
      caller: 0n,
      applet: 0n,
    }));
    const byShell = { child: inodes.get('/bin/touch') ?? 0n, caller: inodes.get('/bin/sh') ?? 0n, applet: 0n };
    await setPolicy({
      modelEffect: 'prevent',
      flags: policyFlag.tabled | policyFlag.modelled,
      edges: [...edges, byShell],
    });
    expect(await inside('/bin/touch /bin/nc; /bin/nc')).toMatchObject({ code: refused });
    const reported = await agent.until('exec', ({ path, verdict }) => path === '/bin/nc' && verdict === 'refused');
    expect(reported).toMatchObject({ reason: 'unlearned', origin: 'image' });
    await setPolicy();
  });
});

describe('what was changed stays refused', () => {
  test.each([
    ['longer', 'echo x >>/bin/id; /bin/id'],
    ['of the same size', 'printf x | dd of=/bin/id bs=1 seek=9000 conv=notrunc; /bin/id'],
    ['the same with a bit that lends its owner’s rights', 'chmod u+s /bin/id; /bin/id'],
    ['the image’s, under another path', 'mv /bin/id /bin/other; /bin/other'],
  ])('%s', async (_, words) => {
    expect(await inside(words)).toMatchObject({ code: refused });
  });

  test('once it was known', async () => {
    expect(await inside('touch /bin/id; /bin/id')).toMatchObject({ code: 0 });
    expect(await inside('printf "#!/bin/sh" >/bin/id; /bin/id')).toMatchObject({ code: refused });
  });
});
