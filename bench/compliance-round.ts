/**
 * What one round over a host of many running containers costs the agent and the console together: reading everything,
 * delivering it over the link, evaluating and storing it, as processor time of this process, which reads and reports as an
 * agent does, and of a real console with its PostgreSQL. First the round of an agent that starts, then the middle of rounds
 * in which every container is another since the last, and of those in which none is. The peer is what one round may take;
 * what the console takes with nothing to do is counted in, and shown. Needs root and Docker; `SEAWALL_BENCH_CONTAINERS` says
 * how many, 1,000 unless it does.
 */
import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { silentLog } from '#base/index.ts';
import { getComplianceSummary } from '#compliance/contract.ts';
import { call } from '#http/index.ts';
import { createReporter } from '#inventory/agent/index.ts';
import { hostSubjects, watchSubjects } from '../src/compliance/agent/index.ts';
import type { SubjectWatch, WatchedSubjects } from '../src/compliance/agent/watch-subjects.ts';
import type { AgentLink } from '#link/agent/index.ts';
import { freePort } from '../test/journeys/make-scan.ts';
import { makeStateFolder, newToken, startConsole } from '../test/journeys/real-console.ts';
import { startTestEngine, type TestEngine } from '../test/make/docker.ts';
import { joinAsAgent } from './compliance/agent.ts';
import { changeContainers, endContainers, startContainers } from './compliance/containers.ts';
import { ownSeconds, treeSeconds, untilQuiet } from './compliance/cpu.ts';

const count = Number(process.env['SEAWALL_BENCH_CONTAINERS'] ?? 1000);
/** Seconds of the processor. */
const limit = (2 * count) / 1000;
const rounds = 3;
const closers: (() => Promise<unknown> | void)[] = [];

try {
  const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  closers.push(() => engine.stop());
  console.error(`starting ${count} containers`);
  const ids = await startContainers(engine, count);
  closers.push(() => endContainers(engine, ids));
  console.error('starting a console');
  await measure(engine, ids);
} finally {
  for (const close of closers.toReversed()) await close();
}

interface Costs {
  readonly agent: number;
  readonly console: number;
  /** Seconds that it took. */
  readonly took: number;
}

async function measure(engine: TestEngine, ids: readonly string[]): Promise<void> {
  const { folder: state, remove } = makeStateFolder();
  closers.push(remove);
  const linkPort = await freePort();
  const served = await startConsole({ state, linkPort });
  closers.push(() => served.end('SIGTERM'));
  const token = await newToken(state, 'bench', 'administrator');
  const { link, close } = await joinAsAgent({ origin: served.origin, linkPort, token }, 'bench');
  closers.push(close);
  await untilQuiet(served.pid);
  const before = treeSeconds(served.pid);
  await wait(10_000);
  const idle = (treeSeconds(served.pid) - before) / 10;
  const watched = watchedSubjects(engine, ids);
  const reporter = createReporter(link, silentLog);
  const whole = (begin: () => void) => costsOf({ pid: served.pid, link, watched }, begin);
  const begin = (): SubjectWatch =>
    watchSubjects({ reporter, subjects: watched.subjects, log: silentLog, period: 570_000 });
  let watch: SubjectWatch | undefined;
  const first = await whole(() => void (watch = begin()));
  const [others, same]: [Costs[], Costs[]] = [[], []];
  for (let at = 1; at <= rounds; at += 1) {
    await changeContainers(engine, ids, at);
    others.push(await whole(() => watch?.reportAll()));
    same.push(await whole(() => watch?.reportAll()));
  }
  await watch?.close();
  const summary = await call(getComplianceSummary, {}, { baseUrl: served.origin, token });
  if (summary.subjects < count + 2 || summary.unanswered > 0) throw new Error(`Not stored: ${JSON.stringify(summary)}`);
  print('compliance-start-round', first);
  print('compliance-changed-round', middle(others));
  print('compliance-same-round', middle(same));
  console.log(
    `compliance-round containers=${count} idle console=${(idle * 100).toFixed(1)} % of a core, load=${loadavg()[0]?.toFixed(1)}`,
  );
}

type Watched = ReturnType<typeof watchedSubjects>;

/** Counts the containers that were read. */
function watchedSubjects({ socket }: TestEngine, ids: readonly string[]) {
  const running = ids.map((id, at) => ({ id, name: `sleeper-${at}`, image: 'programs:1' }));
  const subjects = hostSubjects({ socket, host: 'bench', running: () => running, wrapper: () => undefined });
  const read = { containers: 0 };
  const counting: WatchedSubjects = {
    ...subjects,
    read: async (one) => {
      const documents = await subjects.read(one);
      if (one.kind === 'container') read.containers += 1;
      return documents;
    },
  };
  return { subjects: counting, read };
}

interface Round {
  /** Of the console. */
  readonly pid: number;
  readonly link: AgentLink;
  readonly watched: Watched;
}

/** What a round costs that begins now: of the agent until all is delivered, of the console until nothing is left to do. */
async function costsOf({ pid, link, watched }: Round, begin: () => void): Promise<Costs> {
  watched.read.containers = 0;
  const other = treeSeconds(pid);
  const [began, own] = [performance.now(), ownSeconds()];
  begin();
  while (watched.read.containers < count) await wait(50);
  await wait(500);
  await link.flushed();
  const agent = ownSeconds() - own;
  await untilQuiet(pid);
  return { agent, console: treeSeconds(pid) - other, took: (performance.now() - began) / 1000 };
}

function middle(all: readonly Costs[]): Costs {
  const [one] = all.toSorted((left, right) => sum(left) - sum(right)).slice(Math.floor(all.length / 2));
  if (one === undefined) throw new Error('There was no round.');
  return one;
}

function sum({ agent, console: other }: Costs): number {
  return agent + other;
}

function print(name: string, one: Costs): void {
  const parts = `agent ${one.agent.toFixed(2)} s, console ${one.console.toFixed(2)} s, in ${one.took.toFixed(1)} s`;
  console.log(
    `${name} ours=${sum(one).toFixed(2)}s peer=${limit.toFixed(2)}s ratio=${(sum(one) / limit).toFixed(2)} (${parts})`,
  );
  if (sum(one) > limit) process.exitCode = 1;
}
