import { expectThat, type LabCase } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

const protectedBy = 'the sensor with a rule that prevents';

/** One thing that is tried in the container of nginx by `docker exec`. */
interface Attempt {
  readonly id: string;
  readonly title: string;
  readonly detector: string;
  /** Path that the alert must name. */
  readonly path?: string;
  /** Shell script; what it lets in leaves a mark. */
  readonly script: string;
}

const attempts: readonly Attempt[] = [
  {
    id: 'P1',
    title: 'a program copied to a new name',
    detector: 'drift',
    path: '/usr/local/bin/zz',
    script: 'cp /mark/intruder /usr/local/bin/zz && /usr/local/bin/zz',
  },
  {
    id: 'P2',
    title: 'a program of the image that was changed',
    detector: 'modified-binary',
    path: '/usr/bin/id',
    script:
      'cp /mark/intruder /usr/bin/id.new && cat /usr/bin/id.new >/usr/bin/id && printf x >>/usr/bin/id; /usr/bin/id',
  },
  {
    id: 'P4',
    title: 'a program on a tmpfs',
    detector: 'drift',
    path: '/scratch/zz',
    script: 'cp /mark/intruder /scratch/zz && /scratch/zz',
  },
  {
    id: 'P4v',
    title: 'a program on a volume',
    detector: 'drift',
    path: '/mark/intruder',
    script: '/mark/intruder',
  },
  {
    id: 'P5',
    title: 'a program that lies in memory only',
    detector: 'fileless',
    script: '/usr/local/bin/tide memory /mark/intruder',
  },
  {
    id: 'P6',
    title: 'the dynamic loader with a dropped program',
    detector: 'loader',
    script: 'cp /usr/bin/touch /tmp/evil && /lib64/ld-linux-x86-64.so.2 /tmp/evil /mark/ran',
  },
  {
    id: 'P6i',
    title: 'the dynamic loader with a program of the image',
    detector: 'loader',
    script: '/lib64/ld-linux-x86-64.so.2 /usr/bin/touch /mark/ran',
  },
  {
    id: 'P3',
    title: 'a script with an interpreter line that was dropped',
    detector: 'drift',
    path: '/tmp/a.sh',
    script: "printf '#!/bin/sh\\ntouch /mark/ran\\n' >/tmp/a.sh && chmod +x /tmp/a.sh && /tmp/a.sh",
  },
];

export const driftCases: readonly LabCase<Dock>[] = [
  ...attempts.map(
    ({ id, title, detector, path, script }): LabCase<Dock> => ({
      id,
      title: `${title} is refused, in the right container and image`,
      protectedBy,
      async run(dock) {
        const { tomcat } = await learnedServers(dock);
        const since = new Date();
        dock.wasMarked();
        const { output } = await dock.inside(tomcat.id, 'env', 'MARK=/mark/ran', 'sh', '-c', script);
        expectThat(!dock.wasMarked(), `it ran: ${output}`);
        const alert = await dock.alert(tomcat.id, since, { detector, ...(path !== undefined && { path }) });
        expectThat(alert.imageDigest === dock.images.tomcat.digest, `the alert names image ${alert.imageDigest}`);
        expectThat(alert.outcome === 'refused' || alert.outcome === 'killed', `the alert says ${alert.outcome}`);
        return alert.outcome;
      },
    }),
  ),
  {
    id: 'P7',
    title: 'a program from a volume as the container’s first is stopped in every start, and each start is attributed',
    protectedBy,
    async run(dock) {
      const starts = Number(process.env['SEAWALL_LAB_FIRSTS'] ?? 40);
      const since = new Date();
      dock.wasMarked();
      const ids: string[] = [];
      const one = async (): Promise<void> => {
        const words = [
          '--network',
          'none',
          '-v',
          `${dock.marks}:/mark`,
          '--entrypoint',
          '/mark/intruder',
          'surge/gate:1',
        ];
        const id = await dock.pier.docker('create', ...words);
        ids.push(id);
        await dock.pier.docker('start', '-a', id).catch(() => undefined);
        await dock.pier.docker('rm', '-f', id);
      };
      const lane = async (count: number): Promise<void> => {
        for (let at = 0; at < count; at++) await one();
      };
      await Promise.all([lane(starts / 2), lane(starts / 2)]);
      expectThat(!dock.wasMarked(), 'it ran in one of them');
      for (const id of ids) await dock.alert(id, since, { path: '/mark/intruder' });
      return `${ids.length} starts`;
    },
  },
];
