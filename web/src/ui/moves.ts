/** How a row came to its place: up by this many places, or from where the list was not known. */
export type Move = number | 'new';

/**
 * Rows that overtook others between two states of a ranked list, with the places they gained. Rows that only closed up
 * where others went, or gave way to others, did not move.
 */
export function movesOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, Move> {
  const kept = [...after].flatMap(([key, to]) => {
    const from = before.get(key);
    return from === undefined ? [] : [{ key, from, to }];
  });
  kept.sort((one, other) => one.to - other.to);
  const still = longestRise(kept.map(({ from }) => from));
  const lowest = kept.at(-1)?.to ?? -1;
  const moves = new Map<string, Move>();
  kept.forEach(({ key, from, to }, at) => {
    if (!still.has(at) && to < from) moves.set(key, from - to);
  });
  for (const [key, to] of after) if (!before.has(key) && to < lowest) moves.set(key, 'new');
  return moves;
}

/** Places of a longest run of rising numbers: those that kept their order. */
function longestRise(values: readonly number[]): ReadonlySet<number> {
  /** For each length, where the run of that length with the lowest end stands. */
  const ends: number[] = [];
  const previous: (number | undefined)[] = [];
  values.forEach((value, at) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[at] = low === 0 ? undefined : ends[low - 1];
    ends[low] = at;
  });
  const kept = new Set<number>();
  for (let at = ends.at(-1); at !== undefined; at = previous[at]) kept.add(at);
  return kept;
}
