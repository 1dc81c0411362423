import type { ReadFact } from '#link/console/index.ts';

/** Of facts that state one thing, the newest. */
export function newestOf<Body>(
  facts: readonly ReadFact<Body>[],
  keyOf: (body: Body) => string,
): readonly ReadFact<Body>[] {
  return [...new Map(facts.map((fact) => [keyOf(fact.body), fact])).values()];
}

/** Rows of one statement; PostgreSQL takes 65,535 parameters, a row of ours has up to 18. */
const rowsAtOnce = 2_000;

/** Cuts rows into parts that one statement can write. */
export function inParts<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  for (let at = 0; at < rows.length; at += rowsAtOnce) parts.push(rows.slice(at, at + rowsAtOnce));
  return parts;
}
