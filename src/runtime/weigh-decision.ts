import type { Entry, EntryState, ReviewCaution } from './contract.ts';
import { entryText } from './entry-text.ts';
import { cautionOf } from './review-caution.ts';

/** What a decision about several entries means for each. */
export interface Weighed {
  /** Entries that come to another state. */
  readonly changes: readonly { readonly entry: Entry; readonly after: EntryState }[];
  /** Entries that a person decided so already. */
  readonly same: readonly Entry[];
  /** How many entries are never learned, by why; only what is allowed asks for a word. */
  readonly cautions: ReadonlyMap<ReviewCaution, number>;
  /** Entries that no model can hold: nothing would know them again. */
  readonly impossible: readonly Entry[];
}

/**
 * What is to happen to these entries. `before` is how each stands, with decisions; `learned` how it stood without them, by
 * key. Pure.
 */
export function weighDecision(
  before: readonly Entry[],
  learned: ReadonlyMap<string, Entry>,
  decision: 'allow' | 'deny' | 'undo',
): Weighed {
  const impossible = decision === 'allow' ? before.filter(({ fact }) => entryText(fact) === undefined) : [];
  const asked = before.filter((entry) => !impossible.includes(entry));
  const weighed = asked.map((entry) => ({ entry, after: stateAfter(entry, learned.get(entry.key), decision) }));
  const cautions = new Map<ReviewCaution, number>();
  for (const { entry } of decision === 'allow' ? weighed : []) {
    const caution = cautionOf(entry);
    if (caution !== undefined) cautions.set(caution, (cautions.get(caution) ?? 0) + 1);
  }
  const isSame = ({ entry, after }: (typeof weighed)[number]): boolean =>
    entry.state === after && (entry.decidedAt !== undefined) === (decision !== 'undo');
  return {
    changes: weighed.filter((one) => !isSame(one)),
    same: weighed.filter(isSame).map(({ entry }) => entry),
    cautions,
    impossible,
  };
}

function stateAfter(entry: Entry, learned: Entry | undefined, decision: 'allow' | 'deny' | 'undo'): EntryState {
  switch (decision) {
    case 'allow':
      return 'confirmed';
    case 'deny':
      return 'denied';
    case 'undo':
      return learned?.state ?? entry.state;
    default:
      return decision satisfies never;
  }
}
