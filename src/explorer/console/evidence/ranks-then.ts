import { readStates } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import type { Queries } from '#store/index.ts';
import { answerPrefix } from '../../evidence/answer.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import { type HeldAttestations, stanceOf } from '../../evidence/stance.ts';
import { worstFirst } from '../../evidence/state.ts';
import { checksOfNobody } from './collect.ts';
import { type Counts, countsFrom } from './counts.ts';
import type { StoodAs } from './known-then.ts';

/** How subjects stood for the questions of today. */
export interface RanksThen {
  /** Of one that stood so, for a question, or for the control as a whole where it is empty; `undefined`: not asked. */
  stateOf(stood: StoodAs, control: string, question: string): CheckState | undefined;
  /** Counts subjects by how they stood. */
  count(stood: ReadonlyMap<StoodAs, number>): Counts;
}

/** For each question the number of the state in `worstFirst`; `notAsked`: it is not about the subject. */
type Ranks = Uint8Array;

/** Who said how a subject stood, and the id of that; missing: nobody had said anything by then. */
interface Said {
  readonly source: 'checks' | 'answers';
  readonly kind: StoodAs['kind'];
  readonly id: string | undefined;
}

const notAsked = worstFirst.length;
/** Ids that are read together; each is some kilobytes. */
const readTogether = 500;
/** What was judged for a template before, some hundred bytes each: what an id says never changes. */
const mostKept = 20_000;
const kept = new WeakMap<ControlTemplate['controls'], Map<string, Ranks>>();

interface Judged {
  readonly template: ControlTemplate;
  /** Documents that held. */
  readonly held: HeldAttestations;
}

/**
 * Judges what history keeps by the questions of a template. A question asks checks or other parts of the product, never
 * both, and a control stands as its worst question: so what either said is judged once for all that it was said of.
 */
export async function readRanksThen(queries: Queries, by: Judged, stood: Iterable<StoodAs>): Promise<RanksThen> {
  const names = namesOf(by.template);
  const numbers = numbersOf(names);
  const judged = await judgeSaid(queries, by, stood);
  const ranksOf = (one: StoodAs): readonly [Ranks, Ranks] => {
    const [checks, answers] = saidOf(one).map((said) => judged.get(keyOf(said, by.held)));
    return [checks ?? noRanks, answers ?? noRanks];
  };
  return {
    stateOf: (one, control, question) => {
      const at = numbers.get(nameOf(control, question)) ?? -1;
      return worstFirst[Math.min(...ranksOf(one).map((ranks) => ranks[at] ?? notAsked))];
    },
    count: (alike) =>
      countRanks(
        names,
        [...alike].map(([one, subjects]) => ({ ranks: ranksOf(one), subjects })),
      ),
  };
}

/** What either said of each, by `keyOf`. Reads only what was not judged before. */
async function judgeSaid(queries: Queries, by: Judged, stood: Iterable<StoodAs>): Promise<ReadonlyMap<string, Ranks>> {
  const known = kept.get(by.template.controls) ?? new Map<string, Ranks>();
  kept.set(by.template.controls, known);
  const judged = new Map<string, Ranks>();
  const missing = new Map<string, Said>();
  for (const said of [...stood].flatMap(saidOf)) {
    const key = keyOf(said, by.held);
    const before = known.get(key);
    if (before === undefined) missing.set(key, said);
    else judged.set(key, before);
  }
  if (known.size + missing.size > mostKept) known.clear();
  const asked = [...missing];
  const numbers = numbersOf(namesOf(by.template));
  for (let from = 0; from < asked.length; from += readTogether) {
    const part = asked.slice(from, from + readTogether);
    const states = await readStates(queries, new Set(part.flatMap(([, { id }]) => id ?? [])));
    for (const [key, said] of part) {
      const ranks = judge(said, { ...by, numbers, states: states.get(said.id ?? '') ?? {} });
      judged.set(key, ranks);
      if (known.size < mostKept) known.set(key, ranks);
    }
  }
  return judged;
}

type States = Readonly<Record<string, { readonly state: CheckState }>>;

function judge(
  said: Said,
  {
    template,
    held,
    numbers,
    states,
  }: Judged & { readonly numbers: ReadonlyMap<string, number>; readonly states: States },
): Ranks {
  const ranks = new Uint8Array(numbers.size).fill(notAsked);
  const subject = { kind: said.kind, ...whatWasSaid(said, states) };
  for (const { control, question, state } of stanceOf([template], subject, held))
    ranks[numbers.get(nameOf(control, question)) ?? -1] = worstFirst.indexOf(state);
  return ranks;
}

const noRanks: Ranks = new Uint8Array();

interface Name {
  readonly control: string;
  readonly question: string;
}

function namesOf({ controls }: ControlTemplate): readonly Name[] {
  return controls.flatMap(({ id, questions }) =>
    ['', ...questions.map((question) => question.id)].map((question) => ({ control: id, question })),
  );
}

function numbersOf(names: readonly Name[]): ReadonlyMap<string, number> {
  return new Map(names.map(({ control, question }, at) => [nameOf(control, question), at]));
}

function keyOf({ source, kind, id }: Said, held: HeldAttestations): string {
  return [source, kind, id, ...held].join(' ');
}

function nameOf(control: string, question: string): string {
  return JSON.stringify([control, question]);
}

function saidOf({ kind, checks, answers }: StoodAs): readonly [Said, Said] {
  return [
    { source: 'checks', kind, id: checks },
    { source: 'answers', kind, id: answers },
  ];
}

/** What nobody had answered by then is not assessed, as it is now. */
function whatWasSaid({ source, kind }: Said, states: States) {
  const said = Object.entries(states).map(([name, { state }]) => [name, state] as const);
  if (source === 'checks') return { checks: { ...checksOfNobody(kind), ...Object.fromEntries(said) }, answers: {} };
  return {
    checks: {},
    answers: Object.fromEntries(said.map(([name, state]) => [name.slice(answerPrefix.length), state])),
  };
}

interface Alike {
  readonly ranks: readonly [Ranks, Ranks];
  readonly subjects: number;
}

function countRanks(names: readonly Name[], all: readonly Alike[]): Counts {
  const width = notAsked + 1;
  const counts = new Uint32Array(names.length * width);
  for (const {
    ranks: [checks, answers],
    subjects,
  } of all)
    for (let at = 0; at < names.length; at++) {
      const place = at * width + Math.min(checks[at] ?? notAsked, answers[at] ?? notAsked);
      counts[place] = (counts[place] ?? 0) + subjects;
    }
  return countsFrom(
    names.flatMap((name, at) =>
      worstFirst.map((state, rank) => ({ ...name, state, subjects: counts[at * width + rank] ?? 0 })),
    ),
  );
}
