import { expectThat, type LabCase } from '../lab.ts';
import { imageInUse, judged, oursByNumber, runDockerBench, type TheirAnswer, worstOf } from './docker-bench.ts';
import type { World } from './world.ts';

const swarmOff = 'the engine is in no swarm, so the question does not arise; it lets it pass';
const noAudit = 'auditctl is not installed, so nobody can say which rules hold; it takes that for none';
const stepsGone = 'the archive of the engine was read without its build steps; it reads the steps of its own history';
const derived = 'no own check: another domain of the product answers it, or the setting is gone';
const forPeople = 'it leaves images to a person; ours look into them';
const listed = 'it lists them as a hint; ours judge';
const count = (first: string, from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `${first}.${from + at}`).join(' ');

/** Why answers differ: numbers of CIS, their answer and ours. A pair that is not here has no reason, whatever its number. */
const reasons: readonly (readonly [numbers: string, pair: string, why: string])[] = [
  ['1.1.1', 'PASS fail', 'the engine mounts its folder onto itself; it takes that mount for a file system of its own'],
  ['1.1.2', 'INFO fail', 'it lists who is in the group; ours want each on the list of accounts'],
  [`1.1.3 1.1.4 ${count('1.1', 6, 18)}`, 'WARN not-assessed', noAudit],
  ['1.1.5', 'INFO not-assessed', 'it finds no /var/lib/docker, for this engine keeps its data elsewhere'],
  ['1.2.1', 'INFO fail', 'it says that a person is to harden the host; ours judge parts of that'],
  ['1.2.2', 'INFO no check', `${derived}: the engine’s version is matched with advisories`],
  ['2.1', 'INFO fail', 'it says that a person is to choose a rootless engine; ours judge which one runs'],
  ['2.6', 'PASS no check', `${derived}: certificates of the API are judged by how its listeners answer, DMN-007`],
  [
    '2.7',
    'INFO fail',
    'it finds no listener in the flags and settings that it reads; ours ask the kernel and call each',
  ],
  ['2.8', 'INFO fail', listed],
  ['2.10', 'PASS fail', 'it looks for the flag alone; cgroup-parent stands in daemon.json'],
  ['2.11', 'PASS no check', `${derived}: the engine’s storage driver needs no base device size any more`],
  ['2.17', 'INFO fail', 'it looks for the words of engines of before; ours judge the profile of this engine'],
  ['2.18', 'INFO no check', `${derived}: engines have no such switch any more`],
  ['3.7', 'PASS fail', 'it looks at the owner of the folder certs.d; the key in it belongs to another group'],
  [
    count('3', 9, 14),
    'INFO fail',
    'it finds no certificate in the settings that it reads; ours are told where they lie',
  ],
  ['3.23 3.24', 'INFO fail', 'it looks for the containerd of the host; this engine has its own'],
  ['4.2', 'NOTE no check', `${derived}: bases are judged by policies`],
  ['4.5', 'WARN no check', `${derived}: signatures are judged by policies, and Content Trust closes`],
  ['4.3 4.4', 'NOTE fail', forPeople],
  ['4.8 4.10 4.12', 'NOTE pass', forPeople],
  ['4.11', 'NOTE not-assessed', `${forPeople}, but need build steps, which this archive lacks`],
  ['4.7 4.9', 'PASS not-assessed', stepsGone],
  [
    '5.4',
    'PASS fail',
    'it asks for names in CapAdd alone; the engine’s usual set and privileged containers have them all the same',
  ],
  ['5.18', 'PASS fail', 'it looks at Devices; a privileged container has every device without naming one'],
  ['5.19 5.30', 'INFO fail', listed],
  [
    '5.22',
    'PASS fail',
    'it looks for seccomp:unconfined; a privileged container has no filter, and systempaths are open',
  ],
  ['5.23 5.24', 'NOTE no check', `${derived}: what is run in containers is watched as it happens`],
  [
    '5.25',
    'PASS fail',
    'it looks at CgroupParent; a privileged container writes to control groups, and one shares the host’s',
  ],
  ['5.28', 'INFO not-assessed', 'it says that a person is to compare images; ours need what the registry has now'],
  ['5.31', 'PASS fail', 'it looks for UsernsMode host; root of these containers is root of the host without it'],
  ['6.1 6.2', 'INFO pass', 'it counts what lies there; ours judge how long it has lain'],
  [`7.1 7.2 7.3 ${count('7', 5, 9)}`, 'PASS not-applicable', swarmOff],
  ['7.4', 'PASS no check', `${derived}: secrets of a swarm are judged at its services, SWM-004`],
];
const reasonOf: ReadonlyMap<string, string> = new Map(
  reasons.flatMap(([numbers, pair, why]) => numbers.split(' ').map((number) => [`${number} ${pair}`, why] as const)),
);

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
function compared(
  { number, result }: TheirAnswer,
  { state, ids }: OurAnswer,
): { readonly words: string; readonly reason: string | undefined } {
  const words = `${number} ${result} | ${[state, ...ids].join(' ')}`;
  if (agrees(result, state)) return { words, reason: '' };
  return { words, reason: reasonOf.get(`${number} ${result} ${state}`) };
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
