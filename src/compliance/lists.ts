/** What an operator may name for checks to compare with. */
export interface OperatorList {
  readonly title: string;
  /** What an entry is, with an example. */
  readonly entry: string;
  /** Holds until an operator says otherwise; missing: checks that need the list are not assessed without one. */
  readonly shipped?: readonly string[];
}

/** Every operator's list, by its id. Checks name the ids that they need. */
export const operatorLists = {
  'own-setuid-programs': {
    title: 'Own setuid programs',
    entry: 'Path of a program that may be setuid or setgid though no package owns it so: /opt/surge/bin/start',
    shipped: [],
  },
} as const satisfies Readonly<Record<string, OperatorList>>;

export type ListId = keyof typeof operatorLists;

/** Entries by list, as an operator set them. */
export type Lists = Readonly<Partial<Record<ListId, readonly string[]>>>;

/** Entries that hold of a list; `undefined`: nobody named any, and none are shipped. */
export function entriesOf(id: ListId, lists: Lists): readonly string[] | undefined {
  const list: OperatorList = operatorLists[id];
  return lists[id] ?? list.shipped;
}
