import type { Item, ItemState, ReviewCaution } from './contract.ts';
import { entryText } from './entry-text.ts';
import { cautionOf } from './review-caution.ts';

/** What a decision about several entries means for each. */
export interface Weighed {
  /** Entries that come to another state. */
  readonly changes: readonly { readonly item: Item; readonly after: ItemState }[];
  /** Entries that a person decided so already. */
  readonly same: readonly Item[];
  /** How many entries are never learned, by why; only what is allowed asks for a word. */
  readonly cautions: ReadonlyMap<ReviewCaution, number>;
  /** Entries that no model can hold: nothing would know them again. */
  readonly impossible: readonly Item[];
}

/**
 * What is to happen to these entries. `before` is how each stands, with decisions; `learned` how it stood without them, by
 * key. Pure.
 */
export function weighDecision(
  before: readonly Item[],
  learned: ReadonlyMap<string, Item>,
  decision: 'allow' | 'deny' | 'undo',
): Weighed {
  const impossible = decision === 'allow' ? before.filter(({ fact }) => entryText(fact) === undefined) : [];
  const asked = before.filter((item) => !impossible.includes(item));
  const weighed = asked.map((item) => ({ item, after: stateAfter(item, learned.get(item.key), decision) }));
  const cautions = new Map<ReviewCaution, number>();
  for (const { item } of decision === 'allow' ? weighed : []) {
    const caution = cautionOf(item);
    if (caution !== undefined) cautions.set(caution, (cautions.get(caution) ?? 0) + 1);
  }
  const isSame = ({ item, after }: (typeof weighed)[number]): boolean =>
    item.state === after && (item.decidedAt !== undefined) === (decision !== 'undo');
  return {
    changes: weighed.filter((one) => !isSame(one)),
    same: weighed.filter(isSame).map(({ item }) => item),
    cautions,
    impossible,
  };
}

function stateAfter(item: Item, learned: Item | undefined, decision: 'allow' | 'deny' | 'undo'): ItemState {
  switch (decision) {
    case 'allow':
      return 'confirmed';
    case 'deny':
      return 'denied';
    case 'undo':
      return learned?.state ?? item.state;
    default:
      return decision satisfies never;
  }
}
