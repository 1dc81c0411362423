import { expectThat, type LabCase } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

const protectedBy = 'the sensor with a rule that prevents';

/** Much at once, and things that change while they are looked at. */
export const stormCases: readonly LabCase<Dock>[] = [
  {
    id: 'P19',
    title: 'an exec storm in one container loses no alert of another, and is told',
    protectedBy,
    async run(dock) {
      const { nginx, tomcat } = await learnedServers(dock);
      const storm = dock.inside(tomcat.id, '/usr/local/bin/tide', 'storm', '30000', '/usr/bin/true');
      const drops = dock.inside(
        tomcat.id,
        'sh',
        '-c',
        'cp /mark/intruder /tmp/z; for i in $(seq 300); do /tmp/z; done',
      );
      const since = new Date();
      dock.wasMarked();
      const paths = Array.from({ length: 20 }, (_, index) => `/opt/storm-${index}`);
      for (const path of paths) await dock.inside(nginx.id, 'sh', '-c', `cp /mark/intruder ${path}; ${path}`);
      expectThat(!dock.wasMarked(), 'one of them ran');
      for (const path of paths) await dock.alert(nginx.id, since, { path });
      await Promise.all([storm, drops]);
      return `${paths.length} of ${paths.length} alerts beside 30,000 starts`;
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
];
