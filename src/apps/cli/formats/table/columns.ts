import { plain } from '../../plain.ts';

/** A column; `width` in characters, longer text is cut with `…`. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

export interface Cell {
  readonly text: string;
  /** Colours the text after it was cut and padded. */
  readonly paint: (text: string) => string;
}

export function cell(text: string, paint: (text: string) => string = same): Cell {
  return { text: plain(text), paint };
}

/** Lays out rows under their titles; a column is as wide as its content, up to its width. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  paintTitle: (text: string) => string,
): string {
  const widths = columns.map((column, index) =>
    Math.min(column.width, Math.max(column.title.length, ...rows.map((row) => row[index]?.text.length ?? 0))),
  );
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, paint }, index) => paint(fit(text, widths[index] ?? 0, columns[index]?.align ?? 'left')))
      .join('  ')
      .trimEnd();
  return [paintTitle(line(columns.map((column) => cell(column.title)))), ...rows.map(line)].join('\n');
}

function fit(text: string, width: number, align: 'left' | 'right'): string {
  const cut = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
}

function same(text: string): string {
  return text;
}
