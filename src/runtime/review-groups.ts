import type { Entry, Model, ReviewCaution, ReviewGrouping } from './contract.ts';
import { cautionOf } from './review-caution.ts';

/** Entries that have something in common. `name`: program, package or version; missing: it is not known. */
export interface EntryGroup {
  readonly name?: string;
  readonly since?: 'new' | 'earlier';
  readonly caution?: ReviewCaution;
  readonly items: readonly Entry[];
}

export interface GroupingTerms {
  readonly by: ReviewGrouping;
  /** Package that owns a program, by its path. */
  readonly packages: Readonly<Record<string, string>>;
  /** Version that the model took over from, and when. */
  readonly inheritedFrom?: Pick<NonNullable<Model['inheritedFrom']>, 'at'> | undefined;
  readonly digest: string;
}

/**
 * Entries in groups, those seen last first. An entry that is never learned is in no group with others, so that nobody allows it
 * among them. Pure.
 */
export function groupEntries(items: readonly Entry[], terms: GroupingTerms): readonly EntryGroup[] {
  const keyed = items.map((entry) => ({ entry, common: commonOf(entry, terms), caution: cautionOf(entry) }));
  const groups = Map.groupBy(keyed, ({ common, caution }) => JSON.stringify([common.since, common.name, caution]));
  return [...groups.values()]
    .flatMap((same): readonly EntryGroup[] => {
      const [first] = same;
      if (first === undefined) return [];
      const { common, caution } = first;
      const sorted = same.map(({ entry }) => entry).toSorted(byNews);
      return [{ ...common, ...(caution === undefined ? {} : { caution }), items: sorted }];
    })
    .toSorted(byNeed);
}

type Common = Pick<EntryGroup, 'name' | 'since'>;

function commonOf(entry: Entry, { by, packages, inheritedFrom, digest }: GroupingTerms): Common {
  switch (by) {
    case 'program':
      return { name: programOf(entry) };
    case 'package': {
      const name = packages[programOf(entry)];
      return name === undefined ? {} : { name };
    }
    case 'deploy':
      return { name: digest, since: isNew(entry, inheritedFrom) ? 'new' : 'earlier' };
    default:
      return by satisfies never;
  }
}

/** Program that is started, or that runs a code file. */
function programOf({ fact }: Entry): string {
  return fact.path;
}

/** Whether it was seen since this version came alone. Without a version before, everything was. */
function isNew({ confidence, firstSeenAt }: Entry, inheritedFrom: GroupingTerms['inheritedFrom']): boolean {
  if (inheritedFrom === undefined) return true;
  return confidence === undefined && (firstSeenAt === undefined || firstSeenAt >= inheritedFrom.at);
}

function byNews(one: Entry, other: Entry): number {
  return newest(one, other) || order(one.key, other.key);
}

function newest({ lastSeenAt: one = '' }: Entry, { lastSeenAt: other = '' }: Entry): number {
  return order(other, one);
}

/** What can be decided together first; what is never learned needs more of a look. */
function byNeed(one: EntryGroup, other: EntryGroup): number {
  const weight = ({ caution }: EntryGroup): number => (caution === undefined ? 0 : 1);
  const [first, second] = [one.items[0], other.items[0]];
  if (weight(one) !== weight(other) || first === undefined || second === undefined) return weight(one) - weight(other);
  return (
    newest(first, second) || order(one.name ?? '', other.name ?? '') || order(one.caution ?? '', other.caution ?? '')
  );
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
