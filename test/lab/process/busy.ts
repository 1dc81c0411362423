import { busyLoops, onABusyHost } from '../../make/busy-host.ts';
import { expectThat, type LabCase } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

const protectedBy = 'the sensor with a rule that prevents';

/** Tries of each case; 300 in the long form. */
const tries = Number(process.env['SEAWALL_LAB_TRIES'] ?? 8);

/** A way to run code that is not the image's by a program that is. */
interface Way {
  readonly id: string;
  readonly title: string;
  readonly server: 'nginx' | 'tomcat';
  /** Shell script that puts the code there. */
  readonly drop: string;
  /** Shell script of one try; what runs leaves a mark. */
  readonly run: string;
  /** Path that the alert names. */
  readonly path: string;
  readonly shownBy?: string;
}

const script = (path: string) => `printf 'touch /mark/ran\\n' >${path}`;

const ways: readonly Way[] = [
  {
    id: 'P30',
    title: 'a dropped library in LD_PRELOAD',
    server: 'tomcat',
    drop: 'cp /mark/preload.so /tmp/busy.so',
    run: 'LD_PRELOAD=/tmp/busy.so MARK=/mark/ran /usr/bin/true',
    path: '/tmp/busy.so',
    shownBy: '`npm run test:kernel` tries it 200 times beside 8 busy loops, in sensor-code.test.ts.',
  },
  {
    id: 'P31',
    title: 'a dropped Python script',
    server: 'nginx',
    drop: `printf 'open("/mark/ran","w").write("x")' >/tmp/busy.py`,
    run: 'python3 -W ignore /tmp/busy.py',
    path: '/tmp/busy.py',
  },
  {
    id: 'P32',
    title: 'a dropped Perl script behind a decoy',
    server: 'nginx',
    drop: `printf 'open(F,">/mark/ran")' >/tmp/busy`,
    run: 'perl -I /etc/passwd /tmp/busy',
    path: '/tmp/busy',
  },
  {
    id: 'P33',
    title: 'a shell script in a file that the engine mounts',
    server: 'nginx',
    drop: script('/etc/hosts'),
    run: 'sh /etc/hosts',
    path: '/etc/hosts',
  },
  {
    id: 'P34',
    title: 'a shell script behind an open file',
    server: 'nginx',
    drop: `${script('/tmp/open')}; ln -sfn /proc/self/fd /tmp/files`,
    run: 'sh /tmp/files/9 9</tmp/open',
    path: '/tmp/open',
  },
];

/** Runs `work` beside busy loops; what nothing stops runs without them too. */
export async function besideLoops<Value>({ armed }: Dock, work: () => Promise<Value>): Promise<Value> {
  return armed ? await onABusyHost(work) : await work();
}

/** Code that is dropped and run again and again while the host has no time. */
export const busyCases: readonly LabCase<Dock>[] = ways.map(
  ({ id, title, server, drop, run, path, shownBy }): LabCase<Dock> => ({
    id,
    ...(shownBy !== undefined && { shownBy }),
    title: `${title} runs in no try on a busy host`,
    protectedBy,
    async run(dock) {
      const container = (await learnedServers(dock))[server].id;
      const since = new Date();
      dock.wasMarked();
      await dock.inside(container, 'sh', '-c', drop);
      const all = `for i in $(seq ${tries}); do ${run}; [ -e /mark/ran ] && echo $i && break; done; true`;
      const { output } = await besideLoops(dock, () => dock.inside(container, 'sh', '-c', all));
      expectThat(!dock.wasMarked(), `it ran in a try: ${output}`);
      const { outcome } = await dock.alert(container, since, { path });
      expectThat(outcome === 'refused' || outcome === 'killed', `the alert says ${outcome}`);
      return `${tries} tries beside ${busyLoops} busy loops, ${outcome}`;
    },
  }),
);
