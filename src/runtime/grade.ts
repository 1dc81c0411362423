import type { Classified } from './classify.ts';
import type { Fact, Phase } from './contract.ts';
import type { ExecutableChange } from './executable.ts';
import inheritance from './inheritance-1.json' with { type: 'json' };
import { knowsBoots, type ModelIndex } from './model-index.ts';
import { isBeingCorroborated } from './settle.ts';

/** What a sighting is to people. `notice`: a line in the model's history; `nothing`: it is known, or being learned. */
export type Grade = 'alert' | 'notice' | 'nothing';

export interface Graded {
  readonly grade: Grade;
  /** Why, when it is not plain novelty. */
  readonly because?: 'denied' | 'forbidden' | 'unconfirmed' | 'release-adds' | 'release' | 'uncovered' | 'returned';
}

export interface Grading {
  readonly index: ModelIndex | undefined;
  readonly classified: Classified;
  readonly phase: Phase;
  readonly hour: number;
}

/**
 * What is made of a fact by the model alone. Forbidden things are alerts in every state, unless a person allowed them;
 * everything else only once the dimension is judged. Benign novelty is a notice where nobody could know better: at an hour
 * of the week that was never watched, in one of the first boots, or in the first day of a program's new version.
 */
export function grade(fact: Fact, { index, classified, phase, hour }: Grading): Graded {
  if (index?.allows(fact) === true) return { grade: 'nothing' };
  const entry = index?.entryFor(fact);
  const state = entry?.state;
  if (state === 'denied') return { grade: 'alert', because: 'denied' };
  if (classified.class === 'forbidden') return { grade: 'alert', because: 'forbidden' };
  if (index?.isJudged(fact.dimension) !== true || classified.declared) return { grade: 'nothing' };
  const change = changeOf(fact, index);
  if (classified.class === 'notable') {
    const boots = knowsBoots(index, hour) ? 'enough' : 'few';
    if (entry !== undefined && isBeingCorroborated(entry, boots)) return { grade: 'nothing' };
    if (change === 'changed' || change === 'new') return { grade: 'alert', because: 'release-adds' };
    return state === 'unconfirmed' ? { grade: 'alert', because: 'unconfirmed' } : { grade: 'alert' };
  }
  const age = index.release === undefined ? Number.POSITIVE_INFINITY : hour - index.release.since;
  if (change !== 'unchanged' && age < inheritance.releaseHours) return { grade: 'notice', because: 'release' };
  const covered = phase === 'boot' ? knowsBoots(index, hour) : index.wasCovered(fact.dimension, hour);
  if (!covered) return { grade: 'notice', because: 'uncovered' };
  if (state === 'graveyard') return { grade: 'notice', because: 'returned' };
  return { grade: 'alert' };
}

/** How the program changed whose behaviour it is: the one that starts another, and the one that is started. */
function changeOf(fact: Fact, { release }: ModelIndex): ExecutableChange {
  if (release === undefined) return 'unchanged';
  const paths = fact.dimension === 'process' ? [fact.caller, fact.path] : [fact.path];
  const changes = paths.map((path) => (path === undefined ? undefined : release.changes.get(path)) ?? 'unchanged');
  return gravest.find((change) => changes.includes(change)) ?? 'unchanged';
}

const gravest: readonly ExecutableChange[] = ['new', 'changed', 'libraries-changed'];
