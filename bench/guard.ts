/**
 * What the guard of a container costs: opening a file of its image and starting a program of its image, marked, beside
 * the same without a mark, in slices by turns in one container: processor time, the guard's own counted in, of the middle
 * slice. Programs once asked each time, once with an answer that the kernel keeps. Then the guard's own memory, and how
 * long a question waits. Needs root and Docker.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestEngine } from '../test/make/docker.ts';
import { buildGuardTry, type GuardTry, startGuardTry } from '../test/native/guard-try.ts';
import { programsImage } from '../test/native/programs.ts';

const slices = 10;
if (!buildGuardTry()) throw new Error('This needs root and a C compiler.');
const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
const docker = (...words: readonly string[]) =>
  execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();
const guard = await startGuardTry('observe');

try {
  await engine.load(programsImage('programs:1').bytes);
  docker('run', '-d', '--name', 'guarded', '--network', 'none', 'programs:1', '/bin/sleep', '9999');
  const load = join(import.meta.dirname, '../native/build/test/guard-load');
  const root = `/proc/${docker('inspect', '--format', '{{.State.Pid}}', 'guarded')}/root`;
  await compare('guard-open', { load, root, guard }, ['open', '/app/main.pl', '3000']);
  await compare('guard-exec-asked', { load, root, guard }, ['exec', '/usr/bin/ls', '60']);
  await guard.send('keep');
  await compare('guard-exec-kept', { load, root, guard }, ['exec', '/usr/bin/ls', '60']);
  const { residentKib, permissions, nsTotal } = await guard.count();
  console.log(
    `guard resident=${residentKib}KiB questions=${permissions} each=${Math.round(nsTotal / permissions / 1000)}us`,
  );
} finally {
  await guard.stop();
  docker('rm', '-f', 'guarded');
  await engine.stop();
}

interface Place {
  readonly load: string;
  readonly root: string;
  readonly guard: GuardTry;
}

async function compare(name: string, place: Place, work: readonly string[]): Promise<void> {
  docker('cp', place.load, 'guarded:/load');
  const costs: { readonly ours: number[]; readonly peer: number[] } = { ours: [], peer: [] };
  for (let slice = 0; slice < slices; slice += 1) {
    await place.guard.send('unmark 1');
    costs.peer.push(run(work));
    await place.guard.send(`mark ${place.root} 1`);
    run([...work.slice(0, 2), '2']);
    const before = processorTime(place.guard.pid);
    const own = run(work);
    costs.ours.push(own + (processorTime(place.guard.pid) - before) / Number(work[2]));
  }
  await place.guard.send('unmark 1');
  const ours = median(costs.ours);
  const peer = median(costs.peer);
  console.log(`${name} ours=${Math.round(ours)}ns peer=${Math.round(peer)}ns ratio=${(ours / peer).toFixed(3)}`);
}

/** Processor time of one, in ns. */
function run(work: readonly string[]): number {
  return Number(docker('exec', 'guarded', '/load', ...work).split(' ')[2]);
}

/** Processor time of all threads of a process, in ns. */
function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, one) => sum + one, 0);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
