import { onABusyHost } from '../../make/busy-host.ts';
import { expectThat, type LabCase } from '../lab.ts';
import type { Dock, RuleSettings } from './dock.ts';
import { vulnerableImage, soundImage } from './images.ts';
import type { Quay } from './quay.ts';
import { mustBeRefused, mustRun, type Start, start } from './starts.ts';

const lanes = 10;
/** Starts that are allowed, and as many that are forbidden. */
const starts = 2 * Number(process.env.SEAWALL_LAB_STARTS ?? 250);
/**
 * The most milliseconds that the slowest of a hundred starts may take with the gate. It may add a second where such a start
 * takes up to 4 s without the gate. A slower machine is slower with the gate too: there it may add the same share.
 */
const mostWithGate = (withoutGate: number): number => withoutGate + Math.max(1000, withoutGate / 4);

/** Rules over settings of each cost: what is open to it, and what its mounts lead to. */
const settings: RuleSettings = [
  { kind: 'privileged', effect: 'block' },
  { kind: 'engine-socket', effect: 'block' },
  { kind: 'host-paths', deny: ['/etc', '/proc'], effect: 'block' },
  { kind: 'host-namespaces', deny: ['pid', 'ipc'], effect: 'block' },
];

/** A start, and whether the rules let it. */
interface Planned {
  readonly image: string;
  readonly words: readonly string[];
  readonly may: 'start' | 'not';
}

const allowed: readonly Planned[] = [[], ['-v', '/srv:/srv:ro'], ['--cap-add', 'NET_ADMIN']].map((words) => ({
  image: 'surge/pump:2',
  words,
  may: 'start',
}));
const forbidden: readonly Planned[] = [
  { image: 'surge/pump:1', words: [], may: 'not' },
  ...[['--privileged'], ['-v', '/etc:/host:ro'], ['--pid', 'host'], ['--security-opt', 'systempaths=unconfined']].map(
    (words) => ({ image: 'surge/pump:2', words, may: 'not' as const }),
  ),
];

/** What a host decides that has more to do than it can. */
export const loadCases: readonly LabCase<Dock>[] = [
  {
    id: 'G40',
    title: `on a busy host with ${lanes} lanes no allowed start is refused and no forbidden one goes on, whatever holds where the agent is away`,
    protectedBy: 'the gate',
    minutes: 60,
    async run(dock) {
      const [quay] = dock.quays;
      if (quay === undefined) throw new Error('There is no host.');
      await dock.load(quay, vulnerableImage, soundImage);
      // Half of them before and half after, so that what else changes on the machine changes both.
      const runs: Runs = { without: [], gated: [] };
      // The p99 of few starts is the slowest of them: where that is above the bound, as many are done as a p99 needs.
      do await oneRound(dock, quay, runs);
      while (p99(runs.gated) > mostWithGate(p99(runs.without)) && allowedOf(runs.gated).length <= 100);
      const { without, gated } = runs;
      const wrong = gated.filter((one) => (one.planned.may === 'start' ? isRefused(one) : one.started.code === 0));
      expectThat(
        wrong.length === 0,
        `${wrong.length} of ${gated.length} starts ended wrongly, first ${reported(wrong)}`,
      );
      const [faults, faultsWithout] = [faultsOf(gated), faultsOf(without)];
      const engine = `the engine itself failed at ${faults.length}, without the gate at ${faultsWithout.length}`;
      expectThat(faults.length <= faultsWithout.length, `${engine}, first ${reported(faults)}`);
      const [ours, peer] = [p99(gated), p99(without)];
      const allowedStarts = allowedOf(gated).length;
      const times = `p99 of ${allowedStarts} allowed ones ${ours} ms, without the gate ${peer} ms`;
      expectThat(ours <= mostWithGate(peer), times);
      const done = `${allowedStarts} allowed and ${gated.length - allowedStarts} forbidden starts, none ended wrongly`;
      return `${done}; ${times}; ${engine} ${reported(faults)}`.trim();
    },
  },
];

/** What ended on a busy host, without the gate and with it. */
interface Runs {
  readonly without: Ended[];
  readonly gated: Ended[];
}

/** Half of the runs without the gate before and half after, so that what else changes on the machine changes both. */
async function oneRound(dock: Dock, quay: Quay, { without, gated }: Runs): Promise<void> {
  const into = async (ended: Ended[]): Promise<void> => {
    ended.push(...(await onABusyHost(() => inLanes(quay, planOf(starts / 2)))));
  };
  await quay.gate('remove');
  await into(without);
  await dock.install(quay);
  for (const agentAway of ['allow', 'deny'] as const) {
    await dock.rule({ settings, agentAway });
    await mustRun(quay, 'surge/pump:2');
    if (dock.armed) await mustBeRefused(quay, 'surge/pump:1', /./);
    await into(gated);
  }
  await dock.rule();
  await quay.gate('remove');
  await into(without);
  await dock.install(quay);
}

/** As many allowed as forbidden starts, by turns. */
function planOf(each: number): readonly Planned[] {
  return Array.from({ length: each }, (_, at) => [allowed[at % allowed.length], forbidden[at % forbidden.length]])
    .flat()
    .filter((one) => one !== undefined);
}

interface Ended {
  readonly planned: Planned;
  readonly started: Start;
}

async function inLanes(quay: Quay, plan: readonly Planned[]): Promise<readonly Ended[]> {
  const waiting = [...plan];
  const ended: Ended[] = [];
  const lane = async (): Promise<void> => {
    for (let planned = waiting.shift(); planned !== undefined; planned = waiting.shift())
      ended.push({ planned, started: await start(quay, planned.image, ...planned.words) });
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return ended;
}

/** By the gate. */
function isRefused({ started: { code, stderr } }: Ended): boolean {
  return code !== 0 && stderr.replaceAll(/\s+/g, ' ').includes('refused by Seawall');
}

/** Allowed starts that nobody refused, and that the engine could not do. */
function faultsOf(ended: readonly Ended[]): readonly Ended[] {
  return ended.filter((one) => one.planned.may === 'start' && one.started.code !== 0 && !isRefused(one));
}

/** The first of them. */
function reported([first]: readonly Ended[]): string {
  if (first === undefined) return '';
  const { planned, started } = first;
  return [planned.image, ...planned.words, started.stderr.trim()].join(' ').slice(0, 1000);
}

function allowedOf(ended: readonly Ended[]): readonly Ended[] {
  return ended.filter(({ planned: { may } }) => may === 'start');
}

/** Of allowed starts, in milliseconds. */
function p99(ended: readonly Ended[]): number {
  const took = allowedOf(ended)
    .map(({ started: { milliseconds } }) => milliseconds)
    .toSorted((one, other) => one - other);
  return took[Math.min(took.length - 1, Math.floor(took.length * 0.99))] ?? Number.NaN;
}
