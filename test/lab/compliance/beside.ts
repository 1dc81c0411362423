import { expectThat, type LabCase } from '../lab.ts';
import { imageInUse, judged, oursByNumber, runDockerBench, type TheirAnswer, worstOf } from './docker-bench.ts';
import type { World } from './world.ts';

const bindsItself = 'the engine mounts its folder onto itself; it takes that mount for a file system of its own';
const noAudit = 'auditctl is not installed, so nobody can say which rules hold; it takes that for none';
const swarmOff = 'the engine is in no swarm, so the question does not arise; it lets it pass';
const stepsGone = 'the archive of the engine was read without its build steps; it reads the steps of its own history';
const derived = 'no own check: another domain of the product answers it, or the setting is gone';

/** Why answers differ, by number of CIS. A difference that stands here for no reason would hide the next one. */
const reasons: Readonly<Record<string, string>> = {
  '1.1.1': bindsItself,
  ...Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`1.1.${at + 3}`, noAudit])),
  '2.6': `${derived}: certificates of the API are judged by how its listeners answer, DMN-007`,
  '2.10': 'it looks for the flag alone; cgroup-parent stands in daemon.json',
  '2.11': `${derived}: the engine’s storage driver needs no base device size any more`,
  '3.7': 'it looks at the owner of the folder certs.d; the key in it belongs to another group',
  '4.5': `${derived}: signatures are judged by policies, and Content Trust closes`,
  '4.7': stepsGone,
  '4.9': stepsGone,
  '5.4': 'it asks for names in CapAdd alone; the engine’s usual set and privileged containers have them all the same',
  '5.18': 'it looks at Devices; a privileged container has every device without naming one',
  '5.22': 'it looks for seccomp:unconfined; a privileged container has no filter, and systempaths are open',
  '5.25': 'it looks at CgroupParent; a privileged container writes to control groups, and one shares the host’s',
  '5.31': 'it looks for UsernsMode host; root of these containers is root of the host without it',
  ...Object.fromEntries([1, 2, 3, 5, 6, 7, 8, 9].map((at) => [`7.${at}`, swarmOff])),
  '7.4': `${derived}: secrets of a swarm are judged at its services, SWM-004`,
};

/** What ours say where both look at one host. */
export const besideCases: readonly LabCase<World>[] = [
  {
    id: 'B1',
    title: 'every difference to docker-bench-security on the same host is explained',
    minutes: 15,
    shownBy: 'The long form shows it: the other tool is not part of this repository.',
    run: async (world) => {
      const { loose } = await world.yards();
      const own = [
        ...(await world.hosts()).filter(({ name }) => name === 'host loose'),
        ...(await world.engines()).filter(({ name }) => name === 'loose'),
        ...(await world.containers()).filter(({ name }) => (judged as readonly string[]).includes(name)),
        await imageInUse(loose, world.folder),
      ];
      const theirs = await runDockerBench(loose, world.folder);
      expectThat(theirs.length > 100, `it gave ${theirs.length} results`);
      const ours = oursByNumber(own);
      const lines = theirs.map((one) => compared(one, worstOf(ours.get(one.number))));
      const unexplained = lines.filter(({ reason }) => reason === undefined);
      expectThat(unexplained.length === 0, unexplained.map(({ words }) => words).join('\n'));
      const same = lines.filter(({ reason }) => reason === '').length;
      const table = lines.map(({ words, reason }) => `  ${words}${reason === '' ? '' : `: ${reason}`}`);
      return [`${lines.length} numbers, ${same} alike`, ...table].join('\n');
    },
  },
];

type OurAnswer = ReturnType<typeof worstOf>;

/** A reason is empty where both agree, and missing where nobody can say why they do not. */
export function compared(
  { number, result }: TheirAnswer,
  { state, ids }: OurAnswer,
): { readonly words: string; readonly reason: string | undefined } {
  const words = `${number} ${result} | ${[state, ...ids].join(' ')}`;
  if (agrees(result, state)) return { words, reason: '' };
  // It gives no verdict there: what it says is for a person to read.
  if (result === 'INFO' || result === 'NOTE') return { words, reason: 'it gives no verdict here' };
  return { words, reason: reasons[number] };
}

function agrees(result: string, state: string): boolean {
  switch (result) {
    case 'PASS':
      return state === 'pass';
    case 'WARN':
      return state === 'fail' || state === 'warn';
    default:
      return false;
  }
}
