import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listIncidents } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { sensorProgram, sensors } from '../sensors.ts';
import { type AgentHost, agentName } from './agent-host.ts';
import type { Deployment } from './world.ts';

const protectedBy = 'the sensor with a rule that prevents';
/** Copies what was dropped to a place of its own, and runs it. */
const drop = 'cp /mark/intruder /tmp/dropped && /tmp/dropped';
const restarts = 5;

/** The host with its agent at work. */
export async function atWork(world: Deployment): Promise<AgentHost> {
  const shore = await world.agentHost();
  if ((await shore.engine.docker('inspect', agentName)).code !== 0) await shore.startAgent();
  await shore.isHeard();
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

/** A container that tries again and again to run what was dropped into it. */
function openStorm(shore: AgentHost, id: string): { stop(): void; tries(): Promise<number> } {
  const stop = join(shore.marks, 'stop');
  const storm = shore.inside(
    id,
    'cp /mark/intruder /tmp/dropped; n=0; while [ ! -e /mark/stop ]; do /tmp/dropped 2>/dev/null; n=$((n+1)); done; echo $n',
  );
  return {
    stop: () => writeFileSync(stop, ''),
    tries: async () => {
      const { stdout } = await storm;
      rmSync(stop);
      return Number(stdout.trim());
    },
  };
}

/** Starts a sensor with other bytes, as one that an agent of another release left; answers its number. */
async function otherRelease({ instance, host, engine }: AgentHost): Promise<number> {
  for (const pid of sensors(instance)) process.kill(pid, 'SIGTERM');
  await until('the end of the sensor', async () => sensors(instance).length === 0, { seconds: 10 });
  const folder = '/var/lib/seawall/program/0000000000000000';
  mkdirSync(host.place(folder), { recursive: true });
  const program = join(folder, 'seawall-sensor');
  writeFileSync(host.place(program), Buffer.concat([readFileSync(sensorProgram), Buffer.alloc(1)]), { mode: 0o755 });
  const socket = `/run/seawall/${instance}/sensor.sock`;
  const words = ['--instance', instance, '--socket', socket, '--engine-root', engine.root];
  host.spawn(program, words, { detached: true, stdio: 'ignore' }).unref();
  return await until('the other sensor', async () => sensors(instance)[0], { seconds: 10 });
}

function hasWatchdog(sensor: number): boolean {
  return readFileSync(`/proc/${sensor}/task/${sensor}/children`, 'utf8').trim() !== '';
}

/** The agent in a container sees and protects as an installed one does. */
export const protectingCases: readonly LabCase<Deployment>[] = [
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
      expectThat(before.every(hasWatchdog), 'the sensor lost its watchdog');
      const later = await shore.server();
      await shore.isSilent();
      await shore.shown(id, ({ state, cause }) => state === 'unknown' && cause === 'agent-away');
      await mustBeRefused(shore, id);
      const again = new Date();
      await shore.startAgent();
      await shore.isHeard(again);
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
      const storm = openStorm(shore, id);
      try {
        for (let round = 0; round < restarts; round += 1) {
          await shore.engine.must('restart', '-t', '5', agentName);
          const again = new Date();
          await shore.isHeard(again);
        }
      } finally {
        storm.stop();
      }
      const tries = await storm.tries();
      expectThat(!shore.wasMarked(), `it ran, in ${tries} tries`);
      expectThat(tries > restarts, `the storm had ${tries} tries`);
      return `0 of ${tries} ran`;
    },
  },
  {
    id: 'A9',
    title:
      'an agent of another release takes the place of the sensor that runs, in a storm of execs: nothing that was dropped runs',
    protectedBy,
    async run(world) {
      const shore = await atWork(world);
      const id = await protectedServer(world, shore);
      await shore.engine.must('rm', '-f', agentName);
      const other = await otherRelease(shore);
      await mustBeRefused(shore, id);
      const storm = openStorm(shore, id);
      const again = new Date();
      try {
        await shore.startAgent();
        await shore.isHeard(again);
        const isReplaced = async () => sensors(shore.instance).length === 1 && !sensors(shore.instance).includes(other);
        await until('the sensor of this release', isReplaced, { seconds: 60 });
        await shore.shown(
          id,
          ({ state, since }) => state === 'protected' && since !== undefined && new Date(since) >= again,
        );
      } finally {
        storm.stop();
      }
      const tries = await storm.tries();
      expectThat(!shore.wasMarked(), `it ran, in ${tries} tries`);
      await mustBeRefused(shore, id);
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
];
