/**
 * What watching costs: nginx under wrk, redis under redis-benchmark and a load that starts programs, each measured in
 * turn with sensor and agent off and on, in pairs, while the model learns and while it is active and prevents. The peer
 * of each figure is the same load with nothing of ours on the machine. `SEAWALL_BENCH_PAIRS` pairs each, 20 unless said.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeModel, listModels, listRuntimeRules, putRuntimeRule } from '#runtime/contract.ts';
import { freePort } from '../test/journeys/make-scan.ts';
import { type Closers, type LabConsole, openLabConsole, openLabHost } from '../test/lab/lab-console.ts';
import { until } from '../test/lab/lab.ts';
import type { Pier } from '../test/lab/pier.ts';
import { parentOf, processes, statOf } from '../test/lab/processes.ts';
import { endSensor, sensors } from '../test/lab/sensors.ts';
import { serverImages } from '../test/make/servers/servers.ts';
import { type Load, type Loaded, loadsOf } from './runtime/loads.ts';
import { pairedRatio } from './runtime/pairs.ts';
import { startSpawner } from './runtime/spawner.ts';

const pairs = Number(process.env['SEAWALL_BENCH_PAIRS'] ?? 20);
const closers: Closers = [];
try {
  const console = await openLabConsole({ say: (words) => process.stderr.write(`… ${words}\n`), closers });
  const pier = await openLabHost({ name: 'prod', store: 'docker' }, console, closers);
  const loaded = await startServers(pier, console.state);
  closers.push(() => loaded.spawner.close());
  closers.push(() => void process.kill(pier.agentPid(), 'SIGCONT'));
  const loads = loadsOf(loaded);
  await switchOn(pier);
  await comparePairs('learning', loads, pier);
  await activate(console, pier);
  await comparePairs('active', loads, pier);
  printMemory(pier);
} finally {
  for (const close of closers.toReversed()) await close();
}

async function startServers(pier: Pier, state: string): Promise<Loaded> {
  const images = serverImages();
  for (const image of [images.nginx, images.redis, images.tomcat]) {
    writeFileSync(join(state, 'image.tar'), image.bytes);
    await pier.docker('load', '-q', '-i', join(state, 'image.tar'));
    rmSync(join(state, 'image.tar'));
  }
  const [nginxPort, redisPort] = [await freePort(), await freePort()];
  const page = join(state, 'page');
  mkdirSync(page, { mode: 0o755 });
  writeFileSync(join(page, 'index.html'), 'well\n'.repeat(100));
  const server = `server { listen 127.0.0.1:${nginxPort}; root /page; }`;
  writeFileSync(join(state, 'nginx.conf'), `worker_processes 1; events {}\nhttp { access_log off; ${server} }\n`);
  const mounts = ['-v', `${state}/nginx.conf:/etc/nginx/nginx.conf:ro`, '-v', `${page}:/page:ro`, '--no-healthcheck'];
  const host = ['run', '-d', '--network', 'host'];
  await pier.docker(...host, ...mounts, 'surge/gate:1');
  await pier.docker(...host, 'surge/cache:1', '--port', String(redisPort));
  return { nginxPort, redisPort, spawner: await startSpawner(pier, 'surge/gauge:1') };
}

/** Each pair is one measurement without and one with, in an order that changes. */
async function comparePairs(state: string, loads: readonly Load[], pier: Pier): Promise<void> {
  const ratios = new Map(loads.map(({ name }) => [name, [] as number[]]));
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const);
    const seen = { off: new Map<string, number>(), on: new Map<string, number>() };
    for (const side of order) {
      await (side === 'on' ? switchOn(pier) : switchOff(pier));
      for (const load of loads) {
        if (side === 'on') await warmUp(load);
        seen[side].set(load.name, await load.measure());
      }
    }
    for (const [name, list] of ratios) list.push((seen.off.get(name) ?? 0) / (seen.on.get(name) ?? 1));
  }
  await switchOn(pier);
  for (const [name, list] of ratios) {
    const { median, low, high } = pairedRatio(list);
    const interval = `${((low - 1) * 100).toFixed(1)}…${((high - 1) * 100).toFixed(1)} %`;
    const cost = `${((median - 1) * 100).toFixed(1)}%`;
    console.log(
      `runtime-${state}-${name} ours=${cost} peer=0% ratio=${median.toFixed(3)} (95 %: ${interval}, ${list.length} pairs)`,
    );
  }
}

/** What a server reads again and again is known to be data after some seconds, and not asked about from then on. */
async function warmUp(load: Load): Promise<void> {
  const end = performance.now() + (load.name === 'nginx' ? 10_000 : 0);
  while (performance.now() < end) await load.measure();
}

/** The agent is stopped rather than ended: one that starts scans its host first, which is no part of watching. */
async function switchOff(pier: Pier): Promise<void> {
  process.kill(pier.agentPid(), 'SIGSTOP');
  await endSensor(pier.name);
}

async function switchOn(pier: Pier): Promise<void> {
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
  const linesOf = { 'surge/gate:1': 1, 'surge/cache:1': 1, 'surge/gauge:1': 3 };
  await until(
    'models of what the loads start',
    async () => {
      const { models } = await ask(listModels);
      return Object.entries(linesOf).every(([name, lines]) =>
        models.some(({ names, counts }) => names.includes(name) && counts.items >= lines),
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
