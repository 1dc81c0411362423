import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { CheckFindings, CheckState, listFindingsByCheck } from '../contract.ts';
import { type Heir, readHeirs } from './bases.ts';
import { imagesPlace } from './images-place.ts';
import { placedSubjects } from './judge-subjects.ts';
import { type ExceptedSubject, exceptedSubjects } from './excepted-subjects.ts';
import { readListedChecks } from './list-checks.ts';
import { readOutcomes } from './results.ts';
import { unreportedContainers } from './unreported.ts';
import { type AskedWeights, type Weight, weightsOf } from './weights.ts';

/** Answers that hold now, by check. */
interface Sum {
  readonly id: string;
  readonly state: CheckState;
  readonly subjects: number;
  readonly folded: number;
}

/** How the subjects that the caller may see stand, check by check. Equal outcomes are looked at once, however many have them. */
export async function findingsByCheck(
  queries: Queries,
  asked: AskedWeights,
): Promise<Immutable<ReplyOf<typeof listFindingsByCheck>>> {
  const weights = await weightsOf(queries, asked);
  const sums = Map.groupBy(await sumsOf(queries, weights), ({ id }) => id);
  const all = new Map(
    [...Map.groupBy(weights, ({ kind }) => kind)].map(([kind, some]) => [kind, totalOf(some)] as const),
  );
  const excepted = Map.groupBy(await exceptedSubjects(queries, asked), ({ check }) => check);
  const checks = await readListedChecks(queries);
  const heirs = await heirsIn(queries, asked, excepted);
  const unreported = (await unreportedContainers(queries, asked)).length;
  return {
    checks: checks.map(({ id, subject }) =>
      statusesOf({
        id,
        sums: sums.get(id) ?? [],
        all: all.get(subject) ?? totalOf([]),
        excepted: excepted.get(id) ?? [],
        heirs: heirs.get(id)?.length ?? 0,
        unreported: subject === 'container' ? unreported : 0,
      }),
    ),
  };
}

type Total = Pick<Weight, 'subjects' | 'silent'>;

function totalOf(weights: readonly Weight[]): Total {
  return {
    subjects: weights.reduce((sum, { subjects }) => sum + subjects, 0),
    silent: weights.reduce((sum, { silent }) => sum + silent, 0),
  };
}

interface OfCheck {
  readonly id: string;
  readonly sums: readonly Sum[];
  readonly all: Total;
  readonly excepted: readonly ExceptedSubject[];
  readonly heirs: number;
  readonly unreported: number;
}

/** Images that fail by what they have of a base that fails as well, by check; both are counted where the caller looks. */
async function heirsIn(
  queries: Queries,
  { view }: AskedWeights,
  excepted: ReadonlyMap<string, readonly ExceptedSubject[]>,
): Promise<ReadonlyMap<string, readonly Heir[]>> {
  const all = await readHeirs(queries);
  if (all.length === 0) return new Map();
  const seen = view && new Set((await placedSubjects(queries, view, imagesPlace)).map(({ id }) => id));
  const isCounted = (check: string, image: string): boolean =>
    seen?.has(image) !== false && !excepted.get(check)?.some(({ kind, id }) => kind === 'image' && id === image);
  const own = all.filter(({ check, image, base }) => isCounted(check, image) && isCounted(check, base));
  return Map.groupBy(own, ({ check }) => check);
}

/** Who has no answer and is not silent is unanswered: nobody is left out, and nobody counted as well. */
function statusesOf({ id, sums, all, excepted, heirs, unreported }: OfCheck): CheckFindings {
  const of = (state: CheckState): number => sums.find((sum) => sum.state === state)?.subjects ?? 0;
  const spared = (which: 'fail' | 'warn'): number => excepted.filter(({ state }) => state === which).length;
  const answered = sums.reduce((sum, { subjects }) => sum + subjects, 0);
  return {
    check: id,
    subjects: {
      pass: of('pass'),
      fail: of('fail') - spared('fail'),
      warn: of('warn') - spared('warn'),
      excepted: excepted.length,
      'not-applicable': of('not-applicable'),
      'not-assessed': of('not-assessed'),
      error: of('error'),
      silent: all.silent,
      unanswered: all.subjects - all.silent - answered,
      unreported,
    },
    ...(heirs > 0 && { inherited: heirs }),
    folded: foldedIn(sums) - excepted.filter(({ state, folded }) => state === 'fail' && folded).length,
  };
}

function foldedIn(sums: OfCheck['sums']): number {
  return sums.find(({ state }) => state === 'fail')?.folded ?? 0;
}

async function sumsOf(queries: Queries, weights: readonly Weight[]): Promise<readonly Sum[]> {
  const outcomes = await readOutcomes(
    queries,
    weights.map(({ outcome }) => outcome),
  );
  const sums = new Map<string, { id: string; state: CheckState; subjects: number; folded: number }>();
  for (const { outcome, ...weight } of weights) {
    const subjects = weight.subjects - weight.silent;
    if (subjects === 0) continue;
    for (const [id, { state, folded }] of Object.entries(outcomes.get(outcome ?? '') ?? {})) {
      const sum = sums.get(`${id} ${state}`) ?? { id, state, subjects: 0, folded: 0 };
      sum.subjects += subjects;
      if (folded === true) sum.folded += subjects;
      sums.set(`${id} ${state}`, sum);
    }
  }
  return [...sums.values()];
}
