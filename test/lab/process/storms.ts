import { execFileSync } from 'node:child_process';
import { readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listSensors, type SensorFact } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

const protectedBy = 'the sensor with a rule that prevents';

const tries = Number(process.env['SEAWALL_LAB_TRIES'] ?? 8);
/** Alerts beside a storm of starts, starts of it for each of them, and alerts that are timed in one state. */
const [beside, startsEach, timed] = [Math.min(20, Math.ceil(2.5 * tries)), 1500, Math.min(10, Math.ceil(1.25 * tries))];

/** Much at once, and things that change while they are looked at. */
export const stormCases: readonly LabCase<Dock>[] = [
  {
    id: 'P19',
    title: 'an exec storm in one container loses no alert of another, and is told',
    protectedBy,
    isLongDisarmed: true,
    async run(dock) {
      const { nginx, tomcat } = await learnedServers(dock);
      const storm = dock.inside(tomcat.id, '/usr/local/bin/tide', 'storm', `${beside * startsEach}`, '/usr/bin/true');
      const drops = dock.inside(
        tomcat.id,
        'sh',
        '-c',
        'cp /mark/intruder /tmp/z; for i in $(seq 300); do /tmp/z; done',
      );
      const since = new Date();
      dock.wasMarked();
      const paths = Array.from({ length: beside }, (_, index) => `/opt/storm-${index}`);
      try {
        for (const path of paths) await dock.inside(nginx.id, 'sh', '-c', `cp /mark/intruder ${path}; ${path}`);
        expectThat(!dock.wasMarked(), 'one of them ran');
        for (const path of paths) await dock.alert(nginx.id, since, { path });
      } finally {
        await Promise.all([storm, drops]);
      }
      return `${paths.length} of ${paths.length} alerts beside ${beside * startsEach} starts`;
    },
  },
  {
    id: 'P20',
    title: 'a name that another thread rewrites during exec: the program that the kernel took is judged and told',
    protectedBy,
    async run(dock) {
      const { tomcat } = await learnedServers(dock);
      const since = new Date();
      dock.wasMarked();
      await dock.inside(tomcat.id, 'cp', '/mark/intruder', '/tmp/race');
      await dock.inside(
        tomcat.id,
        'env',
        'MARK=/mark/ran',
        '/usr/local/bin/tide',
        'race',
        '/usr/bin/true',
        '/tmp/race',
        '400',
      );
      expectThat(!dock.wasMarked(), 'the other program ran');
      const alert = await dock.alert(tomcat.id, since, { path: '/tmp/race' });
      return `${alert.outcome}`;
    },
  },
  {
    id: 'S1',
    title: 'a storm of 20,000 refusals costs its container alone: alerts of another take at most 2 s, while and after',
    protectedBy,
    async run(dock) {
      const { nginx, tomcat } = await learnedServers(dock);
      const during: number[] = [];
      const storming = stormUntil(dock, tomcat.id, () => during.length >= timed);
      storming.catch(() => undefined); // told when it is waited for
      try {
        while (during.length < timed) during.push(await delayOfAlert(dock, nginx.id));
      } catch (error) {
        during.length = timed;
        await storming;
        throw error;
      }
      const refused = await storming;
      const after: number[] = [];
      while (after.length < timed) after.push(await delayOfAlert(dock, nginx.id));
      const { unacknowledged } = (await sensorOf(dock)) ?? {};
      expectThat(unacknowledged === undefined || unacknowledged.seconds < 30, 'events wait to be kept');
      return `${refused} refusals; alerts took ${range(during)} while, ${range(after)} after`;
    },
  },
  {
    id: 'S2',
    title: 'a disk that takes no evidence for a while is shown, holds up no alert, and is written again by itself',
    protectedBy,
    async run(dock) {
      const { nginx } = await learnedServers(dock);
      const models = folderOfModels(dock);
      const delays = [await delayOfAlert(dock, nginx.id)];
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'full', models]);
      try {
        writeFileSync(join(models, 'fill'), Buffer.alloc(statfsSync(models).bavail * 4096));
        await until(
          'a save that fails',
          async () => {
            delays.push(await delayOfAlert(dock, nginx.id));
            return (await sensorOf(dock))?.failingSave?.reason.includes('ENOSPC');
          },
          { seconds: 60, every: 500 },
        );
        for (let count = 0; count < timed; count++) delays.push(await delayOfAlert(dock, nginx.id));
      } finally {
        execFileSync('umount', ['-l', models]);
      }
      await until('all is written', async () => (await sensorOf(dock))?.failingSave === undefined, { seconds: 30 });
      for (let count = 0; count < timed / 2; count++) delays.push(await delayOfAlert(dock, nginx.id));
      const waits = (await sensorOf(dock))?.unacknowledged?.seconds ?? 0;
      expectThat(waits < 30, `an event waits for ${waits} s`);
      return `alerts took ${range(delays)}`;
    },
  },
];

/**
 * Starts a program that is not the image's 20,000 times, and again until it is enough. Gives how many were refused. Without
 * a sensor a few starts show that none is.
 */
async function stormUntil(dock: Dock, container: string, isEnough: () => boolean): Promise<number> {
  const starts = dock.armed ? 20_000 : 200;
  const loop = `i=0; n=0; while [ $i -lt ${starts} ]; do /tmp/storm || n=$((n+1)); i=$((i+1)); done; echo refused $n`;
  let refused = 0;
  do {
    const words = `cp /mark/intruder /tmp/storm; ( ${loop} ) 2>/dev/null`;
    const { output } = await dock.inside(container, 'sh', '-c', words);
    expectThat(output.includes(`refused ${starts}`), `not all of the storm was refused: ${output.slice(-200)}`);
    refused += starts;
  } while (!isEnough());
  return refused;
}

let dropped = 0;

/** A refusal in a container; seconds from then until the console has its alert. */
async function delayOfAlert(dock: Dock, container: string): Promise<number> {
  const path = `/opt/dropped-${dropped++}`;
  const since = new Date();
  await dock.inside(container, 'sh', '-c', `cp /mark/intruder ${path}; ${path}`);
  const { time } = await dock.alert(container, since, { path });
  const delay = (Date.now() - Date.parse(time)) / 1000;
  expectThat(delay <= 2, `the alert of ${path} took ${delay.toFixed(1)} s`);
  return delay;
}

function range(delays: readonly number[]): string {
  return `${Math.min(...delays).toFixed(1)}–${Math.max(...delays).toFixed(1)} s (${delays.length})`;
}

async function sensorOf(dock: Dock): Promise<SensorFact | undefined> {
  return (await dock.ask(listSensors)).sensors[0]?.reported?.sensor;
}

/** Where the host's agent keeps what it learned. */
function folderOfModels({ state, pier }: Dock): string {
  const agent = join(state, `agent-${pier.name}`);
  const found = readdirSync(agent, { recursive: true, encoding: 'utf8' }).find((path) => /(^|\/)models$/.test(path));
  expectThat(found !== undefined, 'the agent keeps no models');
  return join(agent, found);
}
