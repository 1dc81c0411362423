/** A version as Maven sees it: numbers, qualifiers, and lists opened by hyphens and by changes between both. */
export type Item =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'text'; readonly text: string }
  | ListItem;

export interface ListItem {
  readonly kind: 'list';
  readonly items: Item[];
}

/** Known qualifiers, oldest first; the empty one is the release itself. */
const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const release = rank('');

/** Negative, zero or positive; a missing item stands for the release. */
export function compareItems(left: Item | undefined, right: Item | undefined): number {
  if (left === undefined) return right === undefined ? 0 : -compareItems(right, undefined);
  switch (left.kind) {
    case 'number':
      return compareNumber(left.digits, right);
    case 'text':
      return compareTextItem(left.text, right);
    case 'list':
      return compareList(left.items, right);
  }
}

function compareNumber(digits: string, right: Item | undefined): number {
  if (right === undefined) return digits === '' ? 0 : 1;
  if (right.kind !== 'number') return 1;
  return digits.length - right.digits.length || compareText(digits, right.digits);
}

function compareTextItem(text: string, right: Item | undefined): number {
  if (right === undefined) return compareText(rank(text), release);
  return right.kind === 'text' ? compareText(rank(text), rank(right.text)) : -1;
}

function compareList(items: readonly Item[], right: Item | undefined): number {
  if (right?.kind === 'number') return -1;
  if (right?.kind === 'text') return 1;
  const others = right?.items ?? [];
  for (let i = 0; i < Math.max(items.length, others.length); i++) {
    const difference = compareItems(items[i], others[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Unknown qualifiers come after all known ones, in the order of their letters. */
function rank(text: string): string {
  const index = qualifiers.indexOf(text);
  return index < 0 ? `${qualifiers.length}-${text}` : String(index);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
