import { expectThat, type LabCase } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';
import { visit } from './dock.ts';

const protectedBy = 'the sensor with a rule that prevents';

/** Code files that are not the image's, run by programs that are. */
export const codeCases: readonly LabCase<Dock>[] = [
  {
    id: 'P16',
    title: 'a dropped library in LD_PRELOAD is not loaded',
    protectedBy,
    async run(dock) {
      const { tomcat } = await learnedServers(dock);
      const since = new Date();
      dock.wasMarked();
      const script = 'cp /mark/preload.so /tmp/x.so && LD_PRELOAD=/tmp/x.so MARK=/mark/ran /usr/bin/true';
      await dock.inside(tomcat.id, 'sh', '-c', script);
      expectThat(!dock.wasMarked(), 'it was loaded');
      const alert = await dock.alert(tomcat.id, since, { detector: 'code-drift', path: '/tmp/x.so' });
      return `${alert.outcome}, opened by ${alert.process.path}`;
    },
  },
  {
    id: 'P17',
    title: 'a dropped Python script is not read by the interpreter of the image',
    protectedBy,
    async run(dock) {
      const { nginx } = await learnedServers(dock);
      const since = new Date();
      dock.wasMarked();
      const script = `printf 'open("/mark/ran","w").write("x")' >/tmp/a.py && python3 /tmp/a.py`;
      await dock.inside(nginx.id, 'sh', '-c', script);
      expectThat(!dock.wasMarked(), 'it ran');
      return (await dock.alert(nginx.id, since, { detector: 'code-drift', path: '/tmp/a.py' })).outcome;
    },
  },
  {
    id: 'P17j',
    title: 'a JSP dropped into webapps is not served',
    protectedBy,
    async run(dock) {
      const { tomcat } = await learnedServers(dock);
      const since = new Date();
      dock.wasMarked();
      const page = '<% new java.io.FileOutputStream("/mark/ran").close(); out.print("owned"); %>';
      const path = '/var/lib/tomcat10/webapps/ROOT/shell.jsp';
      await dock.inside(tomcat.id, 'sh', '-c', `printf '%s' '${page}' >${path}`);
      await visit(tomcat, '/shell.jsp').catch(() => undefined);
      expectThat(!dock.wasMarked(), 'it was served');
      return (await dock.alert(tomcat.id, since, { detector: 'code-drift', path })).outcome;
    },
  },
  {
    id: 'P17c',
    title: 'a changed jar of the image is not loaded',
    shownBy: 'P2 changes a file of the image, and P17j brings a file that Java loads.',
    protectedBy,
    isLongDisarmed: true,
    async run(dock) {
      const tomcat = await dock.tomcat();
      try {
        const since = new Date();
        const jar = '/usr/share/tomcat10/lib/catalina-ha.jar';
        const script = `f=$(readlink -f ${jar}); printf x >>"$f"; echo "$f"`;
        const { output } = await dock.inside(tomcat.id, 'sh', '-c', script);
        await dock.pier.docker('restart', '-t', '1', tomcat.id);
        const alert = await dock.alert(tomcat.id, since, { detector: 'code-drift', path: output.trim() });
        expectThat(alert.outcome === 'refused', `told as ${alert.outcome}`);
        return alert.process.path;
      } finally {
        await dock.pier.docker('rm', '-f', tomcat.id);
      }
    },
  },
];
