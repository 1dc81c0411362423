/**
 * What a real agent takes while nothing happens, beside many containers and beside none: its part of one processor and its
 * memory, with what it started counted in. Two minutes are measured, one between two rounds and one with a round in it, so
 * that rounds weigh five times what they do. The peers are what it may take. Needs root and Docker and eleven minutes;
 * `SEAWALL_BENCH_CONTAINERS` says how many, 200 unless it does.
 */
import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createJoinToken } from '#link/contract.ts';
import { call } from '#http/index.ts';
import { freePort } from '../test/journeys/make-scan.ts';
import { makeStateFolder, newToken, startConsole } from '../test/journeys/real-console.ts';
import { openPier, type Pier } from '../test/lab/pier.ts';
import { endContainers, startContainers } from './compliance/containers.ts';
import { treeMegabytes, treeSeconds } from './compliance/cpu.ts';

const count = Number(process.env['SEAWALL_BENCH_CONTAINERS'] ?? 200);
/** Parts of a processor, and megabytes. */
const limits = { none: 0.002, many: 0.01, memory: 200 };
/** From the agent's start on: one minute between rounds, and one in which there is the second round. */
const [between, around, length] = [440_000, 540_000, 60_000];
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
  const many = await open('many');
  const ids = await startContainers(many.engine, count);
  closers.push(() => endContainers(many.engine, ids));
  await many.killAgent('SIGTERM');
  await many.startAgent();
  const none = await open('none');
  const began = performance.now();
  await measure([many, none], began);
} finally {
  for (const close of closers.toReversed()) await close();
}

async function measure([many, none]: readonly [Pier, Pier], began: number): Promise<void> {
  const minute = async (from: number): Promise<readonly number[]> => {
    await wait(began + from - performance.now());
    const before = [many, none].map((pier) => treeSeconds(pier.agentPid()));
    await wait(began + from + length - performance.now());
    return [many, none].map((pier, at) => treeSeconds(pier.agentPid()) - (before[at] ?? 0));
  };
  const quiet = await minute(between);
  const busy = await minute(around);
  for (const [at, pier] of [many, none].entries()) {
    const [rest = 0, whole = 0] = [quiet[at], busy[at]];
    const part = (rest + whole) / (2 * (length / 1000));
    const limit = limits[pier === many ? 'many' : 'none'];
    const words = (value: number): string => `${(value * 100).toFixed(2)}%`;
    console.log(
      `compliance-agent-${pier.name} ours=${words(part)} peer=${words(limit)} ratio=${(part / limit).toFixed(2)} (a minute ${rest.toFixed(2)} s, one with a round ${whole.toFixed(2)} s)`,
    );
    const memory = treeMegabytes(pier.agentPid());
    console.log(
      `compliance-agent-${pier.name}-memory ours=${memory.toFixed(0)}MB peer=${limits.memory}MB ratio=${(memory / limits.memory).toFixed(2)}`,
    );
    if (part > limit || memory > limits.memory) process.exitCode = 1;
  }
  console.log(`compliance-agent containers=${count} load=${loadavg()[0]?.toFixed(1)}`);
}
