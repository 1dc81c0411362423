import { expectThat, type LabCase } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

const protectedBy = 'the sensor with a rule that prevents';

/** What somebody who came in through the application's hole tries next, as a child of the server. */
interface Attempt {
  readonly id: string;
  readonly title: string;
  readonly words: readonly string[];
  readonly path: string;
  readonly detector?: string;
}

const attempts: readonly Attempt[] = [
  {
    id: 'P8',
    title: 'a shell started by the server',
    words: ['/bin/sh', '-c', 'touch /mark/ran'],
    path: '/usr/bin/dash',
  },
  {
    id: 'P11',
    title: 'a decoded command that is piped into a shell',
    words: ['/bin/bash', '-c', 'echo dG91Y2ggL21hcmsvcmFu | base64 -d | sh'],
    path: '/usr/bin/bash',
  },
  {
    id: 'P12',
    title: 'a package manager started by the server',
    words: ['/usr/bin/dpkg', '--version'],
    path: '/usr/bin/dpkg',
    detector: 'forbidden-tool',
  },
  {
    id: 'P12n',
    title: 'a network tool started by the server',
    words: ['/usr/bin/nc.openbsd', '-h'],
    path: '/usr/bin/nc.openbsd',
    detector: 'forbidden-tool',
  },
  {
    id: 'P13',
    title: 'a program that works for a pool',
    words: ['/usr/bin/yes', '-o', 'stratum+tcp://pool.example:3333'],
    path: '/usr/bin/yes',
  },
];

export const intruderCases: readonly LabCase<Dock>[] = [
  ...attempts.map(
    ({ id, title, words, path, detector }): LabCase<Dock> => ({
      id,
      title: `${title} is stopped, and told with what the model expects`,
      protectedBy,
      async run(dock) {
        const { tomcat } = await learnedServers(dock);
        const since = new Date();
        dock.wasMarked();
        const page = await tomcat.breakIn(...words).catch((error: Error) => error.message);
        expectThat(!dock.wasMarked() && !page.includes('exit 0'), `it ran: ${page.slice(0, 200)}`);
        const alert = await dock.alert(tomcat.id, since, { path, ...(detector !== undefined && { detector }) });
        expectThat(alert.outcome !== 'observed', 'it is told as not stopped');
        expectThat(
          alert.ancestors.some((one) => one.path.endsWith('/java')),
          'the server is not among its ancestors',
        );
        expectThat(alert.allow?.line.includes(path) === true, `no line would allow it: ${alert.allow?.line}`);
        return `${alert.detector}, ${alert.outcome}; expected ${alert.expected ?? 'nothing'}`;
      },
    }),
  ),
  {
    id: 'P9',
    title: 'a shell of docker exec is recorded as a session, not learned, and judged where the rule says so',
    protectedBy,
    async run(dock) {
      const { nginx } = await learnedServers(dock);
      const since = new Date();
      const recorded = await dock.inside(nginx.id, 'bash', '-c', 'exit 7');
      expectThat(recorded.code === 7, `a recorded session ended with ${recorded.code}`);
      await dock.rule({ execSessions: 'judge' });
      try {
        await rejected(dock, nginx.id);
      } finally {
        await dock.rule({});
      }
      const alert = await dock.alert(nginx.id, since, { path: '/usr/bin/bash' });
      expectThat(alert.session === 'exec', `the session is told as ${alert.session}`);
      return alert.detector;
    },
  },
];

/** Waits until a session's shell is refused: the rule takes a moment to arrive. */
async function rejected(dock: Dock, id: string): Promise<void> {
  for (let tries = 0; tries < (dock.armed ? 50 : 3); tries++) {
    const { code } = await dock.inside(id, 'bash', '-c', 'exit 7');
    if (code !== 7) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('a session was never judged');
}
