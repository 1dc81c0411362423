import type { Fact, Entry, EntryState, Model, ModelKey } from './contract.ts';
import { compareExecutables } from './compare-executables.ts';
import type { Executable, ExecutableChange } from './executable.ts';
import constants from './inheritance-1.json' with { type: 'json' };

/** Where an image belongs: images of one lineage are versions of the same thing. */
export interface Lineage {
  readonly repositories: readonly string[];
  /** Name of the service or deployment that it runs as. */
  readonly slot?: string;
  readonly entrypoint: readonly string[];
}

/** Whether one takes over what the other did: same repository or slot, and the same command. Another one learns anew. */
export function isSameLineage(left: Lineage, right: Lineage): boolean {
  if (JSON.stringify(left.entrypoint) !== JSON.stringify(right.entrypoint)) return false;
  if (left.slot !== undefined && left.slot === right.slot) return true;
  return left.repositories.some((repository) => right.repositories.includes(repository));
}

export interface Inheriting {
  readonly key: ModelKey;
  /** Executables of the old image and of the new one; missing: not known, so that nothing counts as unchanged. */
  readonly before?: readonly Executable[] | undefined;
  readonly after?: readonly Executable[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Model of a new digest with what the old one knew: lines of programs that stayed the same as they were, of changed ones
 * pending until they are seen again, of those that are gone in the graveyard. Hours and state carry, so that a model that
 * was active stays so. What people decided always carries.
 */
export function inherit(old: Model, inheriting: Inheriting): Model {
  const { key, before = [], after = [], now } = inheriting;
  const isKnown = inheriting.before !== undefined && inheriting.after !== undefined;
  const changes = isKnown ? compareExecutables(before, after) : new Map<string, ExecutableChange>();
  const present = new Set(isKnown ? after.map(({ path }) => `/${path}`) : []);
  const reported = [...changes].flatMap(([path, change]) =>
    change === 'unchanged' || change === 'gone' ? [] : [[path, change] as const],
  );
  return {
    key,
    version: 1,
    state: old.state === 'archived' ? stateBefore(old) : old.state,
    partial: old.partial,
    evidence: {
      ...old.evidence,
      items: old.evidence.items.map((entry) => inheritEntry(entry, { changes, present })),
      lateStart: false,
    },
    convergence: old.convergence,
    ...(old.activatedAt === undefined ? {} : { activatedAt: old.activatedAt }),
    ...(old.activatedBy === undefined ? {} : { activatedBy: old.activatedBy }),
    inheritedFrom: { digest: old.key.digest, at: new Date(now).toISOString(), changes: Object.fromEntries(reported) },
  };
}

/** An archived model had come as far as this: its image may leave a host before the next one starts there. */
function stateBefore({ activatedAt }: Model): Model['state'] {
  return activatedAt === undefined ? 'learning' : 'active';
}

/** Lines of another lineage are suggestions: none is trusted before it is seen, but for what people refused. */
export function suggestions(old: Model): readonly Entry[] {
  return old.evidence.items.map((entry) =>
    entry.state === 'denied' ? entry : { ...entry, state: 'graveyard' as const },
  );
}

interface Fate {
  readonly changes: ReadonlyMap<string, ExecutableChange>;
  /** Paths that the new image has. */
  readonly present: ReadonlySet<string>;
}

function inheritEntry(entry: Entry, fate: Fate): Entry {
  if (entry.decidedAt !== undefined) return entry;
  const change = changeOf(entry.fact, fate);
  const { confidence: _before, ...rest } = entry;
  const carried: Entry = { ...rest, source: 'inherited' };
  if (change === 'gone') return { ...carried, state: entry.state === 'review' ? 'review' : 'graveyard' };
  return { ...carried, state: stateAfter(entry.state, change), confidence: constants.confidence[change] };
}

type Kept = 'unchanged' | 'libraries-changed' | 'changed';

/** Of the program that starts another, and of the one that is started, what changed more. */
function changeOf(fact: Fact, { changes, present }: Fate): Kept | 'gone' {
  const paths =
    fact.dimension === 'process' ? [fact.path, ...(fact.caller === undefined ? [] : [fact.caller])] : [fact.path];
  const seen = paths.map((path) => changes.get(path) ?? (present.has(path) ? 'unchanged' : 'changed'));
  if (seen.includes('gone')) return 'gone';
  if (seen.includes('changed') || seen.includes('new')) return 'changed';
  return seen.includes('libraries-changed') ? 'libraries-changed' : 'unchanged';
}

/** `unconfirmed`, `review` and `graveyard` carry as they are: a new version is no reason to trust. */
function stateAfter(state: EntryState, change: Kept): EntryState {
  return state === 'confirmed' && change === 'changed' ? 'pending' : state;
}
