import { copyFileSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { mechanismsOf } from '../../../src/runtime/agent/sensor/mechanisms.ts';
import { feature } from '../../../src/runtime/agent/wire/words.ts';
import type { PolicyEdge } from '../../../src/runtime/policy-of.ts';
import { expectThat, type LabCase } from '../lab.ts';
import type { Ground } from './ground.ts';
import { imageName, loaderPath } from './image.ts';
import { deathTrial } from './death.ts';
import { fromMemory } from './from-memory.ts';
import { moveTrials } from './moves.ts';
import { expectReported, refusedIn } from './refused.ts';

const drift = 'the refusal of what the image does not hold';

/** What a model of the container would hold: `id` is none of it. */
const learned: readonly PolicyEdge[] = [
  { path: '/bin/sh' },
  ...['sh', 'ls', 'cp', 'cat', 'true', 'perl'].map((name) => ({ path: `/bin/${name}`, caller: '/bin/sh' })),
];

/** What is tried under each kernel. */
export const trials: readonly LabCase<Ground>[] = [
  { id: 'M', title: 'mechanisms', run: mechanisms },
  {
    id: 'Q1',
    title: 'the image’s own programs run, again and again, and nothing is told against them',
    run: (ground) => quiet(ground),
  },
  { id: 'Q2', title: 'the same under a model', run: (ground) => quiet(ground, learned) },
  {
    id: 'P1',
    title: 'a program that was dropped is refused',
    protectedBy: drift,
    async run(ground) {
      await ground.setPolicy();
      const figures = await refusedIn(ground, 'cp /bin/ls /bin/dropped', '/bin/dropped /');
      await expectReported(ground, '/bin/dropped', { reason: 'drift', origin: 'upper' });
      return figures;
    },
  },
  {
    id: 'P2',
    title: 'a program of the image that was overwritten is refused',
    protectedBy: drift,
    async run(ground) {
      await ground.setPolicy();
      const figures = await refusedIn(ground, 'cp /bin/ls /bin/sleep', '/bin/sleep /');
      await expectReported(ground, '/bin/sleep', { reason: 'drift', origin: 'upper' });
      return figures;
    },
  },
  {
    id: 'P2s',
    title: 'a program of the image that is no longer as it was scanned is refused',
    protectedBy: drift,
    async run(ground) {
      await ground.setPolicy();
      utimesSync(join(ground.layer, 'bin/touch'), 1, 1);
      const figures = await refusedIn(ground, '', '/bin/touch /tmp/touched');
      await expectReported(ground, '/bin/touch', { reason: 'modified', origin: 'image' });
      return figures;
    },
  },
  {
    id: 'P4',
    title: 'a program on a tmpfs is refused',
    protectedBy: drift,
    async run(ground) {
      await ground.setPolicy();
      const figures = await refusedIn(ground, 'cp /bin/ls /x/there', '/x/there /');
      await expectReported(ground, '/x/there', { reason: 'drift', origin: 'other' });
      return figures;
    },
  },
  {
    id: 'P4v',
    title: 'a program of a volume is refused as first program of its container, at every start',
    protectedBy: drift,
    run: firstOfVolume,
  },
  {
    id: 'P5',
    title: 'a program in memory is refused',
    protectedBy: drift,
    async run(ground) {
      await ground.setPolicy();
      const figures = await refusedIn(ground, '', fromMemory);
      const { path } = await ground.agent().until('exec', ({ origin }) => origin === 'memory');
      await expectReported(ground, path, { reason: 'drift', origin: 'memory' });
      return figures;
    },
  },
  {
    id: 'P6',
    title: 'the dynamic loader is refused as main program',
    protectedBy: 'the refusal of loaders',
    async run(ground) {
      await ground.setPolicy();
      const figures = await refusedIn(ground, '', `${loaderPath} /bin/ls /`);
      await expectReported(ground, loaderPath, { reason: 'loader', origin: 'image' });
      return figures;
    },
  },
  {
    id: 'P8',
    title: 'a program of the image that the model lacks is refused',
    protectedBy: 'the model',
    async run(ground) {
      await ground.setPolicy(learned);
      const figures = await refusedIn(ground, '', '/bin/id');
      await expectReported(ground, '/bin/id', { reason: 'unlearned', origin: 'image' });
      return figures;
    },
  },
  {
    id: 'X',
    title: 'code that is not the image’s cannot be mapped',
    protectedBy: 'the hooks of mappings',
    run: mappings,
  },
  { id: 'XQ', title: 'what programs compile and map of the image runs', run: quietMappings },
  { id: 'C', title: 'a script that was dropped is refused', protectedBy: 'the guard of code files', run: script },
  ...moveTrials,
  deathTrial,
];

const everywhere =
  feature.birth |
  feature.execRecord |
  feature.execLsm |
  feature.execFanotify |
  feature.codeFanotify |
  feature.codeLsm |
  feature.listen |
  feature.pinned;

/** Only 6.12 can end a program before its caller's memory is gone. */
async function mechanisms({ agent, docker }: Ground): Promise<string> {
  const hello = await agent().until('sensor-hello');
  const wanted = everywhere | (hello.kernel.startsWith('6.1.') ? 0 : feature.execPrepare);
  const { true: active = [], false: others = [] } = Object.groupBy(mechanismsOf(hello), (one) => `${one.active}`);
  const names = active.map(({ name }) => name).join(', ');
  const missing = others.map(({ name, reason }) => (reason === undefined ? name : `${name}: ${reason}`)).join(', ');
  expectThat(hello.features === wanted, `features ${hello.features}, not ${wanted}: ${names}; not ${missing}`);
  const security = readFileSync('/sys/kernel/security/lsm', 'utf8');
  expectThat(security.split(',').includes('bpf'), `security modules: ${security}`);
  const format = 'cgroup v{{.CgroupVersion}} by {{.CgroupDriver}}, {{.Driver}}, Docker {{.ServerVersion}}';
  const { stdout } = await docker('info', '--format', format);
  expectThat(stdout.startsWith('cgroup v2 by systemd'), stdout);
  return `Linux ${hello.kernel}, ${stdout}: ${names}; not ${missing}`;
}

/** Every program of the image starts three times, and what a health check would run. */
async function quiet({ setPolicy, shell, agent, docker, cgroup }: Ground, edges?: readonly PolicyEdge[]) {
  await setPolicy(edges);
  const before = agent().frames.length;
  const line = 'ls / && /bin/true && cat /dev/null && sh -c true && perl -e 1';
  for (let round = 1; round <= 3; round += 1) {
    const { code, text } = await shell.say(`${line} && cp /bin/sh /tmp/copy`);
    expectThat(code === 0, `round ${round} ended with ${code}: ${text}`);
    const check = await docker('exec', 'main', 'sh', '-c', 'true');
    expectThat(check.code === 0, `health check ${round} ended with ${check.code}: ${check.stderr}`);
  }
  agent().send({ kind: 'ask-status' });
  await agent().until('status', (one) => agent().frames.indexOf(one) >= before);
  const since = agent().frames.slice(before);
  const against = since.flatMap((one) =>
    (one.kind === 'exec' || one.kind === 'code') && one.cgroup === cgroup && one.verdict !== 'observed'
      ? [`${one.path} ${one.verdict}`]
      : [],
  );
  expectThat(against.length === 0, against.join(', '));
  return '21 starts, 3 of them by docker exec';
}

async function firstOfVolume({ setPolicy, docker, agent, layer }: Ground): Promise<string> {
  await setPolicy();
  await docker('volume', 'create', 'volume');
  copyFileSync(join(layer, 'bin/ls'), '/var/lib/docker/volumes/volume/_data/first');
  const starts = 3;
  for (let start = 1; start <= starts; start += 1) {
    const words = ['run', '--rm', '--network', 'none', '--volume', 'volume:/v', imageName, '/v/first', '/'];
    const { code, stderr } = await docker(...words);
    expectThat(code !== 0 && /not permitted/u.test(stderr), `start ${start} ended with ${code}: ${stderr}`);
    const all = () =>
      agent()
        .of('exec')
        .filter(({ path, verdict }) => path === '/v/first' && verdict === 'refused');
    await agent().until('exec', () => all().length >= start);
  }
  return `${starts} starts`;
}

/** Ways that the engine's own filter of calls lets through. */
const ways = [
  'mmap',
  'shared-mmap',
  'mprotect-all',
  'mprotect-part',
  'mprotect-several',
  'mprotect-32',
  'pkey',
  'mremap',
  'mremap-grow',
  'shmat',
  'memfd',
  'false-name',
  'deleted',
  'crowded-lock',
  'waiting-thread',
  'another-process',
] as const;

async function mappings({ setPolicy, shell, agent, cgroup }: Ground): Promise<string> {
  await setPolicy();
  for (const way of ways) {
    const path = `/tmp/${way}.so`;
    const { text } = await shell.say(`cp /lib64/code.so ${path}; map-code ${way} ${path} 3`);
    expectThat(!text.includes('ran') && text.endsWith('stopped 3'), `${way}: ${text}`);
    const reported = await agent().until('code', (one) => one.cgroup === cgroup && one.argv.includes(`\0${way}\0`));
    expectThat(
      reported.verdict === 'refused' || reported.verdict === 'killed',
      `${way} is told as ${reported.verdict}`,
    );
  }
  return `${ways.length} ways`;
}

async function quietMappings({ setPolicy, shell, agent, cgroup }: Ground): Promise<undefined> {
  await setPolicy();
  const before = agent().frames.length;
  for (const way of ['mmap', 'mprotect-all', 'memory', 'memory-of-many', 'mapped-twice']) {
    const { text } = await shell.say(`map-code ${way} /lib64/code.so`);
    expectThat(text === 'ran', `${way}: ${text}`);
  }
  agent().send({ kind: 'ask-status' });
  await agent().until('status', (one) => agent().frames.indexOf(one) >= before);
  const reported = agent().frames.slice(before);
  expectThat(!reported.some((one) => one.kind === 'code' && one.cgroup === cgroup), 'it is told');
  return undefined;
}

async function script(ground: Ground): Promise<string> {
  const { setPolicy, shell, agent, cgroup } = ground;
  await setPolicy();
  await shell.say(`echo 'print "it ran\\n"' > /tmp/job.pl; echo 'echo it ran' > /tmp/job.sh`);
  const texts: string[] = [];
  for (const line of ['perl /tmp/job.pl', 'sh /tmp/job.sh']) {
    const { code, text } = await shell.say(line);
    expectThat(code !== 0 && !text.includes('it ran'), `${line} ended with ${code}: ${text}`);
    expectThat(/not permitted/iu.test(text), text);
    const path = line.split(' ')[1];
    const reported = await agent().until('code', (one) => one.cgroup === cgroup && one.path === path);
    expectThat(
      reported.verdict === 'refused' && reported.origin === 'upper',
      `${path}: ${reported.verdict}, ${reported.origin}`,
    );
    texts.push(text);
  }
  return texts.join('; ');
}
