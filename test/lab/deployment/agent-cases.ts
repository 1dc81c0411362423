import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCompliance } from '#compliance/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { listIncidents } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { sensors } from '../sensors.ts';
import { type AgentHost, agentName, hostSystem, secondRoot } from './agent-host.ts';
import type { Deployment } from './world.ts';

const protectedBy = 'the sensor with a rule that prevents';
/** Copies what was dropped to a place of its own, and runs it. */
const drop = 'cp /mark/intruder /tmp/dropped && /tmp/dropped';
const restarts = 5;
/** The check that only root has uid 0. */
const onlyRoot = 'HST-061';

/** The host with its agent at work. */
async function atWork(world: Deployment): Promise<AgentHost> {
  const shore = await world.agentHost();
  if ((await shore.engine.docker('inspect', agentName)).code !== 0) await shore.startAgent();
  await shore.isHeard(true);
  return shore;
}

/** A container that is protected, as far as the agent watches. */
async function protectedServer({ armed }: Deployment, shore: AgentHost): Promise<string> {
  const id = await shore.server();
  if (armed) await shore.shown(id, ({ state }) => state === 'protected');
  shore.wasMarked();
  return id;
}

async function mustBeRefused(shore: AgentHost, id: string): Promise<void> {
  const { code } = await shore.inside(id, drop);
  expectThat(!shore.wasMarked() && code !== 0, `a dropped program ran in ${id.slice(0, 12)}`);
}

/** The agent in a container sees and protects as an installed one does. */
export const agentCases: readonly LabCase<Deployment>[] = [
  {
    id: 'A1',
    title: 'an agent that joined by its one command, without --privileged, protects: a dropped program is refused',
    protectedBy,
    async run(world) {
      const began = performance.now();
      const shore = await atWork(world);
      const joined = Math.round((performance.now() - began) / 1000);
      const id = await protectedServer(world, shore);
      await mustBeRefused(shore, id);
      return `joined after ${joined} s, with what the lab set up`;
    },
  },
  {
    id: 'A2',
    title:
      'with the agent’s container removed the sensor goes on: a dropped program is refused, containers start, the host is silent; the same command brings it back',
    protectedBy,
    async run(world) {
      const shore = await atWork(world);
      const id = await protectedServer(world, shore);
      const before = sensors(shore.instance);
      await shore.engine.must('rm', '-f', agentName);
      await mustBeRefused(shore, id);
      const later = await shore.server();
      await shore.isHeard(false);
      await shore.shown(id, ({ state, cause }) => state === 'unknown' && cause === 'agent-away');
      await mustBeRefused(shore, id);
      await shore.startAgent();
      await shore.isHeard(true);
      const after = sensors(shore.instance);
      expectThat(before.length > 0 && before.join() === after.join(), `the sensor was ${before}, it is ${after}`);
      for (const one of [id, later]) await shore.shown(one, ({ state }) => state === 'protected');
      await mustBeRefused(shore, later);
      return undefined;
    },
  },
  {
    id: 'A3',
    title: `docker restart of the agent, ${restarts} times in a storm of execs: nothing that was dropped runs`,
    protectedBy,
    async run(world) {
      const shore = await atWork(world);
      const id = await protectedServer(world, shore);
      const stop = join(shore.marks, 'stop');
      const storm = shore.inside(
        id,
        'cp /mark/intruder /tmp/dropped; n=0; while [ ! -e /mark/stop ]; do /tmp/dropped 2>/dev/null; n=$((n+1)); done; echo $n',
      );
      try {
        for (let round = 0; round < restarts; round += 1) {
          await shore.engine.must('restart', '-t', '5', agentName);
          await shore.isHeard(true);
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
      } finally {
        writeFileSync(stop, '');
      }
      const tries = (await storm).stdout.trim();
      rmSync(stop);
      expectThat(!shore.wasMarked(), `it ran, in ${tries} tries`);
      expectThat(Number(tries) > restarts, `the storm had ${tries} tries`);
      return `0 of ${tries} ran`;
    },
  },
  {
    id: 'A4',
    title: 'a container that cannot be marked is shown as not whole protected, and is an incident',
    protectedBy,
    minutes: 5,
    async run(world) {
      const shore = await atWork(world);
      const id = await protectedServer(world, shore);
      const format = '{{index .GraphDriver.Data "MergedDir"}}';
      const merged = (await shore.engine.must('inspect', '--format', format, id)).trim();
      await shore.host.must('umount', ['--lazy', merged]);
      for (const pid of sensors(shore.instance)) process.kill(pid, 'SIGKILL');
      const { state } = await shore.shown(id, ({ cause }) => cause === 'not-marked', world.armed ? 60 : 5);
      expectThat(state !== 'protected', `it is shown as ${state}`);
      const query = { container: id, state: 'open' } as const;
      const found = async () => (await world.ask(listIncidents, { query })).incidents[0];
      const incident = await until('an incident of it', found, { seconds: 120 });
      await shore.engine.must('rm', '-f', id);
      return `${state}: ${incident.title}`;
    },
  },
  {
    id: 'A5',
    title: 'facts of the host are the host’s, not those of the agent’s container',
    async run(world) {
      const shore = await atWork(world);
      const ofHost = async () => (await world.ask(listHosts)).hosts.find(({ name }) => name === shore.name)?.facts?.os;
      const told = await until('the host’s system', ofHost, { seconds: 30 });
      expectThat(told === hostSystem, `the host is called ${told}`);
      const params = { host: shore.name, kind: 'host', id: 'self' } as const;
      const ofAccounts = async () =>
        (await world.ask(getCompliance, { params })).results?.find(({ id }) => id === onlyRoot);
      const result = await until('how the host’s accounts stand', ofAccounts, { seconds: 60 });
      expectThat(result.seen?.join().includes(secondRoot) === true, `${onlyRoot}: ${JSON.stringify(result)}`);
      return `${told}; ${onlyRoot} names ${result.seen}`;
    },
  },
];
