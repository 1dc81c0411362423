import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Dock } from './dock.ts';

const protectedBy = 'the sensor with a rule that prevents';
const deep = Array.from({ length: 12 }, (_, level) => level + 1).join('/');

/** A cgroup out of the container's own that a privileged container moves its processes to. */
interface Place {
  readonly id: string;
  readonly title: string;
  /** From the root of the hierarchy; `other` is another container's. */
  path(other: string): string;
}

const places: readonly Place[] = [
  { id: 'G1', title: 'the root cgroup', path: () => '/' },
  { id: 'G2', title: 'another container’s cgroup', path: (other) => other },
  { id: 'G3', title: 'a new cgroup with a name like a container’s', path: () => `/${'ab'.repeat(32)}` },
  { id: 'G4', title: 'a new cgroup twelve levels deep', path: () => `/seawall-lab/${deep}` },
];

/** How a program that is not the image's is started there. */
interface Way {
  readonly suffix: string;
  readonly title: string;
  script(folder: string): string;
}

/** Both ways, and the places that look most like a container; each place and way differs for the sensor alone. */
const inShort = ['G2', 'G3c'];
const shownBy = '`npm run test:kernel` moves to each place in both ways, in sensor-moves.test.ts.';

const ways: readonly Way[] = [
  {
    suffix: '',
    title: 'moved to',
    script: (folder) => `echo $$ >${folder}/cgroup.procs && exec tide memory /mark/intruder`,
  },
  { suffix: 'c', title: 'started by clone3 in', script: (folder) => `tide into ${folder} /mark/intruder` },
];

export const moveCases: readonly LabCase<Dock>[] = [
  ...places.flatMap((place) =>
    ways.map(
      (way): LabCase<Dock> => ({
        id: `${place.id}${way.suffix}`,
        ...(inShort.includes(`${place.id}${way.suffix}`) ? {} : { shownBy }),
        title: `a program in memory that is ${way.title} ${place.title} is stopped in its container, and the move is told`,
        protectedBy,
        run: (dock) => withMover(dock, (mover) => escapes(dock, mover, { place, way })),
      }),
    ),
  ),
  {
    id: 'G5',
    title: 'a container that makes cgroups below its own, however deep, raises no alarm',
    run: (dock) =>
      withMover(dock, async ({ id, path }) => {
        const since = new Date();
        const folder = `/cg${path}/init/${deep}`;
        const script = `mkdir -p ${folder} && echo $$ >${folder}/cgroup.procs && cat /proc/self/cgroup`;
        const { output } = await dock.inside(id, 'sh', '-c', script);
        expectThat(output.includes(`${path}/init/${deep}`), `it is not there: ${output}`);
        await new Promise((resolve) => setTimeout(resolve, 3000));
        const moves = (await dock.alerts(id, since)).filter(({ detector }) => detector === 'cgroup-move');
        expectThat(moves.length === 0, moves.map(({ message }) => message).join('; '));
        return undefined;
      }),
  },
];

/** A privileged container, and the cgroups of it and of another one. */
interface Mover {
  readonly id: string;
  readonly path: string;
  readonly other: string;
}

async function escapes(
  dock: Dock,
  { id, other }: Mover,
  { place, way }: { readonly place: Place; readonly way: Way },
): Promise<string> {
  const since = new Date();
  const path = place.path(other);
  dock.wasMarked();
  const { output } = await dock.inside(id, 'sh', '-c', `mkdir -p /cg${path}; ${way.script(`/cg${path}`)}`);
  expectThat(!dock.wasMarked(), `it ran: ${output}`);
  const move = await dock.alert(id, since, { detector: 'cgroup-move' });
  expectThat(move.message.includes(path) && move.effect === 'alert', `it is told as ${move.message}`);
  const alert = await dock.alert(id, since, { detector: 'fileless' });
  expectThat(alert.outcome === 'refused' || alert.outcome === 'killed', `the alert says ${alert.outcome}`);
  expectThat(alert.imageDigest === dock.images.tomcat.digest, `the alert names image ${alert.imageDigest}`);
  return `${alert.outcome}; ${move.message}`;
}

async function withMover<Result>(dock: Dock, work: (mover: Mover) => Promise<Result>): Promise<Result> {
  const hierarchy = /^\S+ (\S+) cgroup2 /mu.exec(readFileSync('/proc/mounts', 'utf8'))?.[1] ?? '';
  const { docker } = dock.pier;
  const words = [
    '--network',
    'none',
    '--volume',
    `${dock.marks}:/mark`,
    '--env',
    'MARK=/mark/ran',
    '--entrypoint',
    'sleep',
  ];
  const start = (...more: readonly string[]) => docker('run', '-d', ...words, ...more, 'surge/gauge:1', '600');
  const ids = [await start('--privileged', '--cgroupns', 'host', '--volume', `${hierarchy}:/cg`), await start()];
  try {
    const [path = '', other = ''] = await Promise.all(ids.map((id) => cgroupOf(dock, id)));
    const [id = ''] = ids;
    if (dock.armed) await judged(dock, id);
    return await work({ id, path, other });
  } finally {
    await docker('rm', '-f', ...ids);
    for (const place of places.slice(2)) remove(join(hierarchy, place.path('').split('/')[1] ?? ''));
  }
}

async function cgroupOf({ pier }: Dock, id: string): Promise<string> {
  const pid = await pier.docker('inspect', '--format', '{{.State.Pid}}', id);
  return /^0::(.*)$/mu.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '';
}

/** Waits until the container's own program in memory is stopped: the rule has come. */
async function judged(dock: Dock, id: string): Promise<void> {
  await until(
    'the rule in the container',
    async () => {
      const { code } = await dock.inside(id, 'tide', 'memory', '/mark/intruder');
      return code !== 0;
    },
    { seconds: 60 },
  );
}

function remove(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) remove(join(folder, entry.name));
  rmdirSync(folder);
}
