import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, onBoth } from './dock.ts';
import { soundImage } from './images.ts';
import { plugIn, pluginOf } from './plugin.ts';
import type { Quay } from './quay.ts';
import { mustRun, start } from './starts.ts';

/** Milliseconds: of a request that only looks, and of one that nobody judges. */
const [lookBudget, refusalBudget] = [1000, 3000];

/** Lets the engine ask before it acts, and has a container to look at. */
async function ready(dock: Dock, quay: Quay): Promise<void> {
  const { engine } = quay;
  await dock.load(quay, soundImage);
  if (dock.armed) await plugIn(dock, quay);
  const words = ['-d', '--network', 'none', '--stop-timeout', '0', '--name', 'looked-at', 'surge/pump:2'];
  const isThere = async () => (await engine.docker('run', ...words)).code === 0;
  await until('a container to look at', async () => (await engine.docker('rm', '-f', 'looked-at'), await isThere()), {
    seconds: 40,
  });
}

/** As it was before, the agent without the plugin. */
async function undo(quay: Quay): Promise<void> {
  await quay.engine.docker('rm', '-f', 'looked-at');
  await quay.gate('remove');
  await quay.endAgent();
  quay.startAgent();
  await until('the end of what answers the engine', async () => programs(quay).length === 0, { seconds: 15 });
}

/** Processes of what answers this host's engine. */
function programs({ host }: Quay): readonly number[] {
  const here = readlinkSync(`/proc/${host.pid}/ns/mnt`);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const isAnswering = readlinkSync(`/proc/${pid}/exe`).includes('/seawall-authz');
        return isAnswering && readlinkSync(`/proc/${pid}/ns/mnt`) === here;
      } catch {
        return false;
      }
    });
}

/** Milliseconds of the slowest of twenty of each command that only looks. */
async function slowestLook({ engine }: Quay): Promise<number> {
  let slowest = 0;
  for (let round = 0; round < 20; round += 1) {
    for (const words of [
      ['ps', '-a'],
      ['inspect', 'looked-at'],
      ['logs', 'looked-at'],
    ]) {
      const began = performance.now();
      const { code, stderr } = await engine.docker(...words);
      const took = Math.round(performance.now() - began);
      expectThat(code === 0, `docker ${words.join(' ')} fails: ${stderr}`);
      expectThat(took < lookBudget, `docker ${words.join(' ')} took ${took} ms`);
      slowest = Math.max(slowest, took);
    }
  }
  return slowest;
}

/** Milliseconds until a create was refused, by a sentence that says why and what to do. */
async function mustGoUnjudged({ engine, name }: Quay, why: string): Promise<number> {
  const began = performance.now();
  const { code, stderr } = await engine.docker('create', '--network', 'none', 'surge/pump:2');
  const took = Math.round(performance.now() - began);
  const sentence = stderr.replaceAll(/\s+/g, ' ');
  expectThat(code !== 0, 'a create that nobody judged is let through');
  for (const words of ['could not judge', `the agent of instance ${name} ${why}`, 'seawall gate status'])
    expectThat(sentence.includes(words), `it does not say “${words}”: ${sentence}`);
  expectThat(took < refusalBudget, `the refusal took ${took} ms`);
  return took;
}

/** What the engine's clients get while the agent, or what answers the engine, is away. */
export const answeringCases: readonly LabCase<Dock>[] = [
  onBoth(
    {
      id: 'G60',
      title: 'with the agent stopped, what only looks is answered at once and a create is refused, and says why',
      shownBy: '`npm test` stops, kills and replaces what answers, in answering-program.test.ts.',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      try {
        await ready(dock, quay);
        quay.signalAgent('SIGSTOP');
        const [slowest, refused] = [await slowestLook(quay), await mustGoUnjudged(quay, 'did not answer in 2 s')];
        const { stdout } = await quay.gate('status');
        expectThat(/Answers +seawall-authz .*the agent does not answer it/.test(stdout), stdout);
        await quay.engine.must('rm', '-f', 'looked-at');
        return `slowest look ${slowest} ms, refused in ${refused} ms`;
      } finally {
        quay.signalAgent('SIGCONT');
        await undo(quay);
      }
    },
  ),
  onBoth(
    {
      id: 'G61',
      title: 'with the agent killed, the same; when it is back it judges',
      shownBy: '`npm test` stops, kills and replaces what answers, in answering-program.test.ts.',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      try {
        await ready(dock, quay);
        await quay.endAgent('SIGKILL');
        const [slowest, refused] = [await slowestLook(quay), await mustGoUnjudged(quay, 'does not run')];
        quay.startAgent('--authorization');
        await until('a start that the agent judged', async () => (await start(quay, 'surge/pump:2')).code === 0, {
          seconds: 40,
        });
        return `slowest look ${slowest} ms, refused in ${refused} ms`;
      } finally {
        await undo(quay);
      }
    },
  ),
  onBoth(
    {
      id: 'G62',
      title: 'what answers the engine is there again when it is killed, and gone when the gate is removed',
      shownBy: '`npm test` stops, kills and replaces what answers, in answering-program.test.ts.',
    },
    async (dock, quay) => {
      try {
        await ready(dock, quay);
        const [first] = programs(quay);
        if (first === undefined) throw new Error('No seawall-authz answers the engine.');
        process.kill(first, 'SIGKILL');
        await wait(100);
        const began = performance.now();
        await quay.engine.must('ps');
        const took = Math.round(performance.now() - began);
        expectThat(took < 10_000, `docker ps took ${took} ms`);
        await mustRun(quay, 'surge/pump:2');
        const removed = await quay.gate('remove');
        expectThat(removed.code === 0, removed.stderr);
        await until('its end', async () => programs(quay).length === 0, { seconds: 10 });
        expectThat(!existsSync(pluginOf(quay)), 'its socket is left behind');
        await until('an engine that asks nobody', async () => (await quay.engine.docker('ps')).code === 0, {
          seconds: 40,
        });
        return `back after ${took} ms`;
      } finally {
        await undo(quay);
      }
    },
  ),
];
