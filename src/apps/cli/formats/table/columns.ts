import { plain } from '../../plain.ts';

/** A column; `width` in characters, longer text is cut with `…` at its end, or where `cut` says. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly cut?: 'start' | 'end';
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
      .map(({ text, paint }, index) => paint(fit(text, widths[index] ?? 0, columns[index])))
      .join('  ')
      .trimEnd();
  return [paintTitle(line(columns.map((column) => cell(column.title)))), ...rows.map(line)].join('\n');
}

function fit(text: string, width: number, { align, cut }: Pick<Column, 'align' | 'cut'> = {}): string {
  const fitting = text.length > width ? shorten(text, width, cut) : text;
  return align === 'right' ? fitting.padStart(width) : fitting.padEnd(width);
}

function shorten(text: string, width: number, cut: Column['cut'] = 'end'): string {
  const kept = Math.max(0, width - 1);
  return cut === 'start' ? `…${text.slice(text.length - kept)}` : `${text.slice(0, kept)}…`;
}

function same(text: string): string {
  return text;
}
