import { readdirSync, readlinkSync } from 'node:fs';
import { expectThat, type LabCase, until } from '../lab.ts';
import { processes } from '../processes.ts';
import { sensors } from '../sensors.ts';
import { type Dock, visit } from './dock.ts';
import { learnedServers } from './learning.ts';

const rounds = Number(process.env['SEAWALL_LAB_KILLS'] ?? 6);

/** What is left when parts of the product die during an attack. */
export const killCases: readonly LabCase<Dock>[] = [
  {
    id: 'K1',
    title: `agent, sensor and console killed in turn during an attack, ${rounds} times: nothing hangs, nothing runs, no alert is lost`,
    protectedBy: 'the sensor with a rule that prevents',
    async run(dock) {
      const { nginx } = await learnedServers(dock);
      const since = new Date();
      dock.wasMarked();
      const paths: string[] = [];
      const attack = async (): Promise<void> => {
        const path = `/opt/kill-${paths.length}`;
        paths.push(path);
        const started = performance.now();
        await dock.inside(nginx.id, 'env', 'MARK=/mark/ran', 'sh', '-c', `cp /mark/intruder ${path}; ${path}`);
        await visit(nginx);
        expectThat(performance.now() - started < 15_000, 'a container hung');
        expectThat(!dock.wasMarked(), 'it ran');
      };
      for (let round = 0; round < rounds; round++) {
        const dying = die(dock, (['agent', 'sensor', 'console'] as const)[round % 3] ?? 'agent');
        dying.catch(() => undefined); // told when it is waited for
        try {
          for (let tries = 0; tries < 3; tries++) await attack();
        } finally {
          await dying;
        }
        await attack();
      }
      for (const path of paths) await dock.alert(nginx.id, since, { path, seconds: 60 });
      expectThat(permissionGroups() <= 1, 'a permission group stayed behind');
      return `${paths.length} attacks`;
    },
  },
];

async function die(dock: Dock, who: 'agent' | 'sensor' | 'console'): Promise<void> {
  switch (who) {
    case 'agent':
      await dock.pier.killAgent('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 500));
      return await dock.pier.startAgent();
    case 'sensor': {
      const [pid] = sensors(dock.pier.name);
      expectThat(pid !== undefined, 'there is no sensor');
      process.kill(pid, 'SIGKILL');
      await until('another sensor', async () => sensors(dock.pier.name).some((one) => one !== pid), { seconds: 20 });
      return;
    }
    case 'console':
      await dock.console().end('SIGKILL');
      return await dock.restartConsole();
  }
}

/** How many processes hold a fanotify group. */
function permissionGroups(): number {
  return processes().filter((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).includes('[fanotify]'));
    } catch {
      return false;
    }
  }).length;
}
