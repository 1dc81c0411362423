import { type DatabaseInfo, leftOutReasons } from '#vulnerability/index.ts';

type Tallies = NonNullable<DatabaseInfo['tallies']>;

/** Order and heading of the kinds of what is left out. */
const kinds: readonly (readonly [kind: string, heading: string])[] = [
  ['dropped', 'dropped'],
  ['unmatched', 'kept and never compared'],
  ['part', 'parts of entries'],
];

/** What became of the entries of the feeds, a line for each reason; nothing for a database of an older version. */
export function describeTallies(tallies: Tallies | undefined): string {
  if (tallies === undefined) return '';
  const sum = (of: (one: Tallies[number]) => number): number => tallies.reduce((total, one) => total + of(one), 0);
  const left = Map.groupBy(
    tallies.flatMap(({ feed, leftOut }) => leftOut.map((one) => ({ ...one, feed }))),
    ({ kind }) => kind,
  );
  const gone = ['dropped', 'joined'].flatMap((kind) => left.get(kind) ?? []);
  const [read, kept] = [sum((one) => one.read), sum((one) => one.kept)];
  const missing = read - kept - gone.reduce((total, { count }) => total + count, 0);
  const others = [...left.keys()].filter((kind) => !kinds.some(([known]) => known === kind));
  const headings = [...kinds, ...others.map((kind) => [kind, kind] as const)];
  const lines = headings.flatMap(([kind, heading]) => linesOf(heading, left.get(kind) ?? []));
  const odd = missing === 0 ? '' : `; what became of ${missing} is not known`;
  return [
    `${'ENTRIES'.padStart(9)}  WHAT BECAME OF THEM`,
    row(read, 'read'),
    row(kept, `kept${odd}`),
    ...lines,
    '',
  ].join('\n');
}

interface Left {
  readonly feed: string;
  readonly reason: string;
  readonly count: number;
}

/** One line for each reason, with the files where they are few. */
function linesOf(heading: string, left: readonly Left[]): readonly string[] {
  const reasons = [...Map.groupBy(left, ({ reason }) => reason)].map(([reason, all]) => {
    const files = [...new Set(all.map(({ feed }) => feed))];
    const where = files.length > 3 ? `${files.length} files` : files.join(', ');
    return { count: all.reduce((sum, { count }) => sum + count, 0), text: `${heading}: ${textOf(reason)} (${where})` };
  });
  return reasons.toSorted((a, b) => b.count - a.count).map(({ count, text }) => row(count, text));
}

/** A database of a newer version may know reasons that this one does not. */
function textOf(reason: string): string {
  return Object.entries(leftOutReasons).find(([known]) => known === reason)?.[1].text ?? reason;
}

function row(count: number, text: string): string {
  return `${String(count).padStart(9)}  ${text}`;
}
