import { type Detection, listAlerts } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, visit } from './dock.ts';
import { learnedServers } from './learning.ts';

/** What every server does now and then. None of it may raise anything. */
export const quietCases: readonly LabCase<Dock>[] = [
  {
    id: 'Q1',
    title: 'restart, reload, log rotation and health checks raise nothing',
    async run(dock) {
      const { nginx, tomcat } = await learnedServers(dock);
      const since = new Date();
      await dock.pier.docker('kill', '-s', 'HUP', nginx.id);
      await dock.pier.docker('kill', '-s', 'USR1', nginx.id);
      await dock.inside(nginx.id, '/usr/sbin/nginx', '-s', 'reload');
      await dock.pier.docker('restart', '-t', '2', nginx.id, tomcat.id);
      await until('a healthy nginx', async () => (await healthOf(dock, nginx.id)) === 'healthy', { seconds: 60 });
      await until('Tomcat', () => visit(tomcat, '/hole.jsp').then(() => true), { seconds: 90 });
      await tomcat.breakIn('/usr/local/bin/tide');
      await quiet(dock, since, [nginx.id, tomcat.id]);
      return undefined;
    },
  },
  {
    id: 'Q2',
    title: 'a second replica raises nothing',
    async run(dock) {
      await learnedServers(dock);
      const since = new Date();
      const second = await dock.tomcat();
      await second.breakIn('/usr/local/bin/tide');
      await quiet(dock, since, [second.id]);
      await dock.pier.docker('rm', '-f', second.id);
      return undefined;
    },
  },
  {
    id: 'Q3',
    title: 'the agent killed and started again raises nothing',
    async run(dock) {
      const { nginx, tomcat } = await learnedServers(dock);
      const since = new Date();
      await dock.pier.killAgent('SIGKILL');
      await visit(nginx);
      await tomcat.breakIn('/usr/local/bin/tide');
      await dock.pier.startAgent();
      await tomcat.breakIn('/usr/local/bin/tide');
      await quiet(dock, since, [nginx.id, tomcat.id]);
      return undefined;
    },
  },
];

async function healthOf({ pier }: Dock, id: string): Promise<string> {
  return await pier.docker('inspect', '--format', '{{.State.Health.Status}}', id);
}

/** Waits long enough for an alert to arrive, which takes two seconds at most, then expects none. */
export async function quiet(dock: Dock, since: Date, containers: readonly string[]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const query = { since: since.toISOString(), limit: 1000 };
  const { alerts } = await dock.ask(listAlerts, { query });
  const raised = alerts.filter(({ container }: Detection) => containers.includes(container.id));
  expectThat(
    raised.length === 0,
    `${raised.length} alerts: ${raised
      .map(({ message }) => message)
      .join('; ')
      .slice(0, 600)}`,
  );
}
