/** How a row came to its place: up by this many places, or from where the list was not known. */
export type Move = number | 'new';

/** Where a row of a ranked list stands, and what it is ranked by. */
export interface Ranked {
  readonly place: number;
  readonly weight: number;
}

/**
 * Rows that climbed between two states of a ranked list, with the places they gained: those that weigh more than before
 * and stand higher. Rows that only closed up where others fell or went did not climb.
 */
export function movesOf(
  before: ReadonlyMap<string, Ranked>,
  after: ReadonlyMap<string, Ranked>,
): ReadonlyMap<string, Move> {
  const moves = new Map<string, Move>();
  const kept = [...after].filter(([key]) => before.has(key));
  const lowest = Math.max(-1, ...kept.map(([, { place }]) => place));
  for (const [key, { place, weight }] of after) {
    const old = before.get(key);
    if (old === undefined) {
      if (place < lowest) moves.set(key, 'new');
    } else if (weight > old.weight && place < old.place) moves.set(key, old.place - place);
  }
  return moves;
}
