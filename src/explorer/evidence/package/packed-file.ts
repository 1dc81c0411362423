/** A file of a package. Its text is made while it is read. */
export interface PackedFile {
  readonly path: string;
  readonly pieces: () => Iterable<string>;
}

/** One whose text is there. */
export function fileOf(path: string, text: string): PackedFile {
  return { path, pieces: () => [text] };
}

/** One JSON value a line. */
export function linesOf(path: string, values: () => Iterable<unknown>): PackedFile {
  return {
    path,
    pieces: function* () {
      for (const value of values()) yield `${JSON.stringify(value)}\n`;
    },
  };
}
