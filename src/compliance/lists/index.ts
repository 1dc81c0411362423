import { containerLists } from './container.ts';
import { engineLists } from './engine.ts';
import { hostLists } from './host.ts';
import { imageLists } from './image.ts';
import type { OperatorList } from './operator-list.ts';

export type { OperatorList } from './operator-list.ts';

/** Every operator's list, by its id. Checks name the ids that they need. */
export const operatorLists = {
  ...imageLists,
  ...containerLists,
  ...engineLists,
  ...hostLists,
} as const satisfies Readonly<Record<string, OperatorList>>;

export type ListId = keyof typeof operatorLists;

/** Entries by list, as an operator set them. */
export type Lists = Readonly<Partial<Record<ListId, readonly string[]>>>;

/** Entries that hold of a list; `undefined`: nobody named any, and none are shipped. */
export function entriesOf(id: ListId, lists: Lists): readonly string[] | undefined {
  const list: OperatorList = operatorLists[id];
  return lists[id] ?? list.shipped;
}

/** The number that a list such as “Keeping unused images” holds alone. */
export function numberIn(entries: readonly string[]): number {
  const [only = ''] = entries;
  if (entries.length !== 1 || !/^\d{1,9}$/.test(only))
    throw new Error(`A number was expected, not “${entries.join(', ')}”.`);
  return Number(only);
}
