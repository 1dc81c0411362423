/**
 * What reading the facts of compliance checks costs: the processor's time of one round over a host, its engine and all its
 * containers, children of it counted in, beside the second that is allowed for 200 containers. First a round that
 * remembers nothing, then the middle of those that follow. Needs root and Docker; `SEAWALL_BENCH_CONTAINERS` says how many.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostSubjects } from '../src/compliance/agent/index.ts';
import { startTestEngine } from '../test/make/docker.ts';
import { programsImage } from '../test/native/programs.ts';

const rounds = 5;
const count = Number(process.env['SEAWALL_BENCH_CONTAINERS'] ?? 200);
/** Seconds that one round may take, and one container. */
const limit = { round: count / 200, container: 0.002 };

const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
const docker = (...words: readonly string[]) =>
  execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();
const ids: string[] = [];

try {
  await engine.load(programsImage('programs:1').bytes);
  for (let at = 0; at < count; at += 1)
    ids.push(docker('run', '-d', '--network', 'none', '-v', '/srv:/srv:ro', 'programs:1', '/bin/sleep', '9999'));
  const subjects = hostSubjects({ socket: engine.socket, host: 'node', running: () => [], wrapper: () => undefined });
  const read = async (kind: 'host' | 'engine' | 'container', id: string): Promise<number> => {
    const before = seconds();
    const documents = await subjects.read({ kind, id, name: id });
    if (documents === undefined) throw new Error(`The ${kind} ${id} is gone.`);
    return seconds() - before;
  };
  const round = async () => {
    subjects.forget();
    const [host, own] = [await read('host', 'self'), await read('engine', 'self')];
    let containers = 0;
    for (const id of ids) containers += await read('container', id);
    return { host, engine: own, containers, whole: host + own + containers };
  };
  const first = await round();
  const later: (typeof first)[] = [];
  for (let at = 0; at < rounds; at += 1) later.push(await round());
  const middle = (part: keyof typeof first): number => median(later.map((one) => one[part]));
  print('compliance-first-round', first.whole, limit.round);
  print('compliance-round', middle('whole'), limit.round);
  print('compliance-container', middle('containers') / count, limit.container);
  console.log(`compliance host=${words(middle('host'))} engine=${words(middle('engine'))} containers=${count}`);
} finally {
  if (ids.length > 0) docker('rm', '-f', ...ids);
  await engine.stop();
}

function print(name: string, ours: number, peer: number): void {
  console.log(`${name} ours=${words(ours)} peer=${words(peer)} ratio=${(ours / peer).toFixed(2)}`);
}

function words(time: number): string {
  return `${(time * 1000).toFixed(1)}ms`;
}

/** Of the processor, for this process and all its children that ended; the kernel counts those in hundredths. */
function seconds(): number {
  const { user, system } = process.cpuUsage();
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (user + system) / 1e6 + (Number(fields[13]) + Number(fields[14])) / 100;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
