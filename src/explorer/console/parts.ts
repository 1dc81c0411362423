/** Rows that one statement writes; keeps a statement's JSON to a few megabytes. */
const rowsAtOnce = 2_000;

/** The rows in parts that one statement each can write. */
export function parts<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, part) =>
    rows.slice(part * rowsAtOnce, (part + 1) * rowsAtOnce),
  );
}
