import type { ImageDigest } from '#base/index.ts';
import type { Entry, Model } from './contract.ts';
import type { ExecutableChange } from './executable.ts';
import { isTrusted } from './model-index.ts';

/** What a new version does that the old one did not. */
export interface BehaviourDiff {
  readonly from?: ImageDigest;
  /** Seen under the new digest alone: what release adds to a changed program first. */
  readonly added: readonly Entry[];
  /** Allowed, and not seen again yet. */
  readonly pending: readonly Entry[];
  readonly gone: readonly Entry[];
  /** How many lines carried. */
  readonly inherited: number;
  readonly executables: readonly { readonly path: string; readonly change: Exclude<ExecutableChange, 'unchanged'> }[];
}

/** `changes` by path, of `compareExecutables`. */
export function behaviourDiff(
  { evidence, inheritedFrom }: Model,
  changes: ReadonlyMap<string, ExecutableChange>,
): BehaviourDiff {
  const inherited = evidence.items.filter(({ confidence }) => confidence !== undefined);
  return {
    ...(inheritedFrom === undefined ? {} : { from: inheritedFrom.digest }),
    added: evidence.items
      .filter((entry) => isAdded(entry))
      .toSorted((one, other) => weight(other, changes) - weight(one, changes)),
    pending: evidence.items.filter(({ state }) => state === 'pending'),
    gone: evidence.items.filter(({ state }) => state === 'graveyard'),
    inherited: inherited.filter(isTrusted).length,
    executables: [...changes]
      .flatMap(([path, change]) => (change === 'unchanged' ? [] : [{ path, change }]))
      .toSorted((one, other) => (one.path < other.path ? -1 : 1)),
  };
}

function isAdded({ confidence, source, state }: Entry): boolean {
  return confidence === undefined && (source === 'learned' || source === 'static') && state !== 'graveyard';
}

/** Notable behaviour of changed and new programs stands on top. */
function weight({ fact, class: factClass }: Entry, changes: ReadonlyMap<string, ExecutableChange>): number {
  const by = fact.dimension === 'process' ? (fact.caller ?? fact.path) : fact.path;
  const change = changes.get(by);
  const isNew = change === 'changed' || change === 'new' ? 1 : 0;
  return { benign: 0, notable: 2, forbidden: 4 }[factClass] + isNew;
}
