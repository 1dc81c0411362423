/**
 * What watching costs while every model is active and all that is outside it is prevented: nginx under wrk, redis under
 * redis-benchmark, PostgreSQL under pgbench, and a load that starts programs. Three figures of each:
 *
 * - `same`: pairs of slices in which nothing watches, which tell what this machine can resolve;
 * - `watched`: pairs of slices with sensor and agent off and on, in an order that changes; as processor time of the
 *   container for each request, and as requests a second. Its interval is held to the limit where `same` is narrow;
 * - `programs`: the kernel's own count of the time in the sensor's programs, for each request, as a share of the
 *   processor time that the request costs. Always held to the limit.
 *
 * `SEAWALL_BENCH_PAIRS` pairs each, 40 unless said; 0: the programs alone.
 */
import { readFileSync } from 'node:fs';
import { changeModel, listModels, listRuntimeRules, putRuntimeRule } from '#runtime/contract.ts';
import { type Closers, type LabConsole, openLabConsole, openLabHost } from '../test/lab/lab-console.ts';
import { until } from '../test/lab/lab.ts';
import type { Pier } from '../test/lab/pier.ts';
import { parentOf, processes, statOf } from '../test/lab/processes.ts';
import { endSensor, sensors } from '../test/lab/sensors.ts';
import { cpuNanoseconds } from './runtime/cpu-time.ts';
import { countPrograms, programsThere, programTime } from './runtime/kernel-programs.ts';
import { type Load, loadsOf } from './runtime/loads.ts';
import { pairedRatio } from './runtime/pairs.ts';
import { startServers } from './runtime/servers.ts';

type Side = 'off' | 'on';

/** What one request costs: nanoseconds of the container's processor time, and of the clock. */
interface Cost {
  readonly cpu: number;
  readonly clock: number;
}

const pairs = Number(process.env['SEAWALL_BENCH_PAIRS'] ?? 40);
/** Half of the interval of `same` from which on that of `watched` is held to the limit. */
const resolved = 0.01;
const closers: Closers = [];
/** Programs of other sensors on this machine. */
const others = programsThere();
try {
  const console = await openLabConsole({ say: (words) => process.stderr.write(`… ${words}\n`), closers });
  const pier = await openLabHost({ name: 'prod', store: 'docker' }, console, closers);
  const servers = await startServers(pier, console.state);
  closers.push(() => servers.spawner.close());
  closers.push(() => void process.kill(pier.agentPid(), 'SIGCONT'));
  const loads = loadsOf(servers);
  await switchTo('on', pier);
  for (const load of loads) await load.work();
  await activate(console, pier);
  await countInKernel(loads, pier);
  if (pairs > 0) await comparePairs(loads, pier);
  await switchTo('on', pier);
  printMemory(pier);
} finally {
  for (const close of closers.toReversed()) await close();
}

/** First how far apart two slices of the same state are, then what watching adds. */
async function comparePairs(loads: readonly Load[], pier: Pier): Promise<void> {
  await switchTo('off', pier);
  const resolution = await compare(loads, ['off', 'off'], pier);
  printPairs('same', loads, resolution);
  const watched = await compare(loads, ['off', 'on'], pier);
  printPairs('watched', loads, watched);
  for (const [index, { name, limit }] of loads.entries()) {
    const [same, seen] = [pairedRatio(cpuOf(resolution[index])), pairedRatio(cpuOf(watched[index]))];
    if ((same.high - same.low) / 2 < resolved && seen.high > 1 + limit)
      fail(`${name} costs more than ${limit * 100} %`);
  }
}

function fail(words: string): void {
  console.error(words);
  process.exitCode = 1;
}

async function costOf({ work, pid }: Load): Promise<Cost> {
  const before = cpuNanoseconds(pid);
  const { count, seconds } = await work();
  return { cpu: (cpuNanoseconds(pid) - before) / count, clock: (seconds * 1e9) / count };
}

/** Of each load, the pairs of what a request costs on the first and on the second side. */
async function compare(
  loads: readonly Load[],
  [first, second]: readonly [Side, Side],
  pier: Pier,
): Promise<readonly (readonly (readonly [Cost, Cost])[])[]> {
  const found = loads.map((): [Cost, Cost][] => []);
  const measureSide = async (side: Side): Promise<readonly Cost[]> => {
    if (first !== second) await switchTo(side, pier);
    if (side === 'on') await warmUp(loads);
    const costs: Cost[] = [];
    for (const load of loads) costs.push(await costOf(load));
    return costs;
  };
  for (let pair = 0; pair < pairs; pair++) {
    const turned = pair % 2 === 1;
    const earlier = await measureSide(turned ? second : first);
    const later = await measureSide(turned ? first : second);
    const [left, right] = turned ? [later, earlier] : [earlier, later];
    for (const [index, list] of found.entries()) {
      const [one, other] = [left[index], right[index]];
      if (one !== undefined && other !== undefined) list.push([one, other]);
    }
  }
  return found;
}

function cpuOf(list: readonly (readonly [Cost, Cost])[] = []): readonly number[] {
  return list.map(([one, other]) => other.cpu / one.cpu);
}

function clockOf(list: readonly (readonly [Cost, Cost])[] = []): readonly number[] {
  return list.map(([one, other]) => other.clock / one.clock);
}

function printPairs(series: string, loads: readonly Load[], found: Awaited<ReturnType<typeof compare>>): void {
  for (const [index, { name }] of loads.entries())
    for (const [of, ratios] of [
      ['cpu', cpuOf(found[index])],
      ['clock', clockOf(found[index])],
    ] as const) {
      const { median, low, high } = pairedRatio(ratios);
      const interval = `${percent(low - 1)}…${percent(high - 1)}`;
      console.log(
        `runtime-${series}-${name}-${of} ours=${percent(median - 1)} peer=0% ratio=${median.toFixed(4)} (95 %: ${interval}, ${ratios.length} pairs)`,
      );
    }
}

/** The kernel's count of the time in the sensor's programs, against the processor time that the work took. */
async function countInKernel(loads: readonly Load[], pier: Pier): Promise<void> {
  const [sensor = 0] = sensors(pier.name);
  const helpers = (): number => [sensor, pier.agentPid()].reduce((sum, pid) => sum + secondsUsed(pid), 0);
  await warmUp(loads);
  const stop = countPrograms();
  try {
    for (const { name, pid, limit, work } of loads) {
      const before = { ...programTime(others), cpu: cpuNanoseconds(pid), helpers: helpers() };
      let count = 0;
      for (let round = 0; round < 5; round++) count += (await work()).count;
      const after = { ...programTime(others), cpu: cpuNanoseconds(pid), helpers: helpers() };
      const [spent, runs] = [after.nanoseconds - before.nanoseconds, after.runs - before.runs];
      const own = after.cpu - before.cpu - spent;
      const share = spent / own;
      const each = `${(runs / count).toFixed(2)} events of ${(spent / runs).toFixed(0)} ns in ${(own / count / 1000).toFixed(1)} µs a request`;
      const beside = `sensor and agent beside it ${percent(((after.helpers - before.helpers) * 1e9) / own)}`;
      console.log(
        `runtime-programs-${name} ours=${percent(share)} peer=${percent(limit)} ratio=${(share / limit).toFixed(3)} (${each}; ${beside})`,
      );
      if (share > limit) fail(`The programs take ${percent(share)} of ${name}'s processor time.`);
    }
  } finally {
    stop();
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

/** What a server reads again and again is known to be data after some seconds, and not asked about from then on. */
async function warmUp(loads: readonly Load[]): Promise<void> {
  const [nginx] = loads;
  for (const end = performance.now() + 8000; performance.now() < end; ) await nginx?.work();
}

/** The agent is stopped rather than ended: one that starts scans its host first, which is no part of watching. */
async function switchTo(side: Side, pier: Pier): Promise<void> {
  if (side === 'off') {
    process.kill(pier.agentPid(), 'SIGSTOP');
    await endSensor(pier.name);
    return;
  }
  process.kill(pier.agentPid(), 'SIGCONT');
  await until('the sensor', async () => sensors(pier.name).length > 0, { seconds: 20 });
  await calm(pier);
}
/** Waits until agent and sensor, and what they started, have taken in what was there before them. */
async function calm(pier: Pier): Promise<void> {
  let before = Number.NEGATIVE_INFINITY;
  await until(
    'a calm agent',
    async () => {
      const ours = [...sensors(pier.name), pier.agentPid()];
      const scans = processes().filter((pid) => parentOf(pid) === pier.agentPid());
      const used = [...ours, ...scans].reduce((sum, pid) => sum + secondsUsed(pid), 0);
      const isCalm = used - before < 0.03;
      before = used;
      return isCalm;
    },
    { seconds: 300, every: 1000 },
  );
}

/** Processor time of a process so far. */
function secondsUsed(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Every model active and everything outside it prevented, by a person's word, once they hold what the loads do. */
async function activate({ ask }: LabConsole, pier: Pier): Promise<void> {
  const linesOf = { 'surge/gate:1': 1, 'surge/cache:1': 1, 'surge/ledger:1': 1, 'surge/gauge:1': 3 };
  await until(
    'models of what the loads start',
    async () => {
      const { models } = await ask(listModels);
      return Object.entries(linesOf).every(([name, lines]) =>
        models.some(({ names, counts }) => names.includes(name) && counts.entries >= lines),
      );
    },
    { seconds: 180, every: 1000 },
  );
  const { rules } = await ask(listRuntimeRules);
  const basedOn = rules.find(({ rule }) => rule.id === 'bench')?.rule.version ?? 0;
  const effects = { drift: 'prevent', code: 'prevent', process: 'prevent' } as const;
  const rule = {
    name: 'Bench',
    state: 'on',
    ...effects,
    preventFrom: 'active',
    execSessions: 'record',
    neverLearn: [],
  } as const;
  await ask(putRuntimeRule, { params: { id: 'bench' }, body: { rule: { ...rule, neverLearn: [] }, basedOn } });
  for (const { id } of (await ask(listModels)).models)
    await ask(changeModel, { params: { id }, body: { to: 'active' } });
  await calm(pier);
}

function printMemory(pier: Pier): void {
  const resident = (pid: number): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  const [sensor = 0] = sensors(pier.name);
  for (const [name, pid, limit] of [
    ['sensor', sensor, 60],
    ['agent', pier.agentPid(), 150],
  ] as const) {
    const megabytes = resident(pid);
    console.log(
      `runtime-${name}-memory ours=${megabytes.toFixed(0)}MB peer=${limit}MB ratio=${(megabytes / limit).toFixed(2)}`,
    );
  }
}
