/**
 * What a real agent takes while nothing happens, beside many containers and beside none: its part of one processor and its
 * memory, with what it started counted in. It is measured once the first scans are over: a minute between two rounds over
 * everything and a minute with a round in it, from which half an hour with its three rounds follows; with
 * `SEAWALL_BENCH_LONG=1` that half hour itself. The peers are what it may take. Needs root and Docker and eleven minutes, or
 * 40; `SEAWALL_BENCH_CONTAINERS` says how many, 200 unless it does.
 */
import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createJoinToken } from '#link/contract.ts';
import { reportPeriod } from '#compliance/agent/index.ts';
import { call } from '#http/index.ts';
import { type HostFact, listHosts } from '#inventory/contract.ts';
import { freePort } from '../test/journeys/make-scan.ts';
import { makeStateFolder, newToken, startConsole } from '../test/journeys/real-console.ts';
import { openPier, type Pier } from '../test/lab/pier.ts';
import { endContainers, startContainers } from './compliance/containers.ts';
import { treeMegabytes, treeSeconds } from './compliance/cpu.ts';

const count = Number(process.env['SEAWALL_BENCH_CONTAINERS'] ?? 200);
/** Parts of a processor, and megabytes. */
const limits = { none: 0.002, many: 0.01, memory: 200 };
/** Milliseconds from one round of an agent to the next, and of the half hour that is spoken of. */
const [period, halfHour] = [reportPeriod - 30_000, 1_800_000];
/** From a round on: a minute between it and the next, and one in which that is. */
const [between, around, length] = [period - 130_000, period - 30_000, 60_000];
const closers: (() => Promise<unknown> | void)[] = [];

try {
  const { folder: state, remove } = makeStateFolder();
  closers.push(remove);
  const linkPort = await freePort();
  const served = await startConsole({ state, linkPort });
  closers.push(() => served.end('SIGTERM'));
  const token = await newToken(state, 'bench', 'administrator');
  const open = async (name: string): Promise<Pier> => {
    const body = { name, environments: ['prod'] };
    const { secret } = await call(createJoinToken, { body }, { baseUrl: served.origin, token });
    const place = { name, environment: 'prod', folder: state, console: served, linkPort, joinToken: secret };
    const pier = await openPier({ ...place, store: 'docker' });
    closers.push(() => pier.close());
    return pier;
  };
  const [many, none] = [await open('many'), await open('none')];
  const ids = await startContainers(many.engine, count);
  closers.push(() => endContainers(many.engine, ids));
  for (const pier of [many, none]) await pier.killAgent('SIGTERM');
  for (const pier of [many, none]) await pier.startAgent();
  const began = performance.now();
  await untilScanned({ origin: served.origin, token });
  await measure([many, none], began);
} finally {
  for (const close of closers.toReversed()) await close();
}

/** Until both hosts have nothing left to scan. */
async function untilScanned({ origin, token }: { readonly origin: string; readonly token: string }): Promise<void> {
  for (let quiet = 0; quiet < 5; ) {
    await wait(2000);
    const { hosts } = await call(listHosts, {}, { baseUrl: origin, token });
    const isOver = hosts.length === 2 && hosts.every(({ facts }) => facts !== undefined && !isScanning(facts));
    quiet = isOver ? quiet + 1 : 0;
  }
}

/** The machine itself is among what is scanned. */
function isScanning({ progress }: HostFact): boolean {
  return progress !== undefined && progress.done < progress.total;
}

async function measure(piers: readonly [Pier, Pier], began: number): Promise<void> {
  const used = async (from: number, milliseconds: number): Promise<readonly number[]> => {
    await wait(from - performance.now());
    const before = piers.map((pier) => treeSeconds(pier.agentPid()));
    await wait(from + milliseconds - performance.now());
    return piers.map((pier, at) => treeSeconds(pier.agentPid()) - (before[at] ?? 0));
  };
  if (process.env['SEAWALL_BENCH_LONG'] === '1') {
    const whole = await used(performance.now(), halfHour);
    for (const [at, pier] of piers.entries()) print(pier, whole[at] ?? 0, 'half an hour');
  } else {
    // Scans may last longer than the first rounds are apart.
    const rounds = Math.max(0, Math.ceil((performance.now() - began - between) / period));
    const last = began + rounds * period;
    const [quiet, busy] = [await used(last + between, length), await used(last + around, length)];
    for (const [at, pier] of piers.entries()) {
      const [rest = 0, withRound = 0] = [quiet[at], busy[at]];
      const whole = (rest * halfHour) / length + ((withRound - rest) * halfHour) / reportPeriod;
      print(pier, whole, `a minute ${rest.toFixed(2)} s, one with a round ${withRound.toFixed(2)} s`);
    }
  }
  console.log(`compliance-agent containers=${count} load=${loadavg()[0]?.toFixed(1)}`);
}

/** `seconds`: of the processor, in half an hour. */
function print(pier: Pier, seconds: number, how: string): void {
  const part = seconds / (halfHour / 1000);
  const limit = limits[pier.name === 'many' ? 'many' : 'none'];
  const words = (value: number): string => `${(value * 100).toFixed(2)}%`;
  console.log(
    `compliance-agent-${pier.name} ours=${words(part)} peer=${words(limit)} ratio=${(part / limit).toFixed(2)} (${how})`,
  );
  const memory = treeMegabytes(pier.agentPid());
  console.log(
    `compliance-agent-${pier.name}-memory ours=${memory.toFixed(0)}MB peer=${limits.memory}MB ratio=${(memory / limits.memory).toFixed(2)}`,
  );
  if (part > limit || memory > limits.memory) process.exitCode = 1;
}
