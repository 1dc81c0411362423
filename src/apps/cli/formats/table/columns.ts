import { plain } from '../../plain.ts';

/** A column; `width` in characters, longer text is cut with `…` at its end, or where `cut` says. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly cut?: 'start' | 'middle' | 'end';
  /** Characters that it keeps where the columns share too little room; missing: it gives none away. */
  readonly least?: number;
  /** It is left out where not all columns have room; the last such column first. */
  readonly spare?: true;
}

const gap = '  ';

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
  const widths = widthsOf(columns, rows);
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, paint }, index) => paint(fit(text, widths[index] ?? 0, columns[index])))
      .join(gap)
      .trimEnd();
  return [paintTitle(line(columns.map((column) => cell(column.title)))), ...rows.map(line)].join('\n');
}

/** The table within so many columns. Without room for all, spare columns are left out before others are cut. */
export function fittedTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string {
  const spare = columns.findLastIndex((column) => column.spare === true);
  if (spare === -1 || totalWidth(widthsOf(columns, rows)) <= width)
    return renderTable(fitColumns(columns, rows, width), rows, same);
  return fittedTable(
    columns.toSpliced(spare, 1),
    rows.map((row) => row.toSpliced(spare, 1)),
    width,
  );
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
}

/** The columns as narrow as a terminal needs them; the widest that may shrink gives first. */
export function fitColumns(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  room: number,
): readonly Column[] {
  const widths = [...widthsOf(columns, rows)];
  let over = totalWidth(widths) - room;
  for (; over > 0; over -= 1) {
    const widest = columns.reduce<number | undefined>((best, { least = Infinity }, index) => {
      const width = widths[index] ?? 0;
      return width > least && width > (best === undefined ? 0 : (widths[best] ?? 0)) ? index : best;
    }, undefined);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? column.width }));
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly Cell[])[]): readonly number[] {
  return columns.map(({ title, width }, index) =>
    Math.min(
      width,
      rows.reduce((longest, row) => Math.max(longest, row[index]?.text.length ?? 0), title.length),
    ),
  );
}

function fit(text: string, width: number, { align, cut }: Pick<Column, 'align' | 'cut'> = {}): string {
  const fitting = text.length > width ? shorten(text, width, cut) : text;
  return align === 'right' ? fitting.padStart(width) : fitting.padEnd(width);
}

function shorten(text: string, width: number, cut: Column['cut'] = 'end'): string {
  const kept = Math.max(0, width - 1);
  if (cut === 'middle') {
    const end = Math.floor(kept / 2);
    return `${text.slice(0, kept - end)}…${text.slice(text.length - end)}`;
  }
  return cut === 'start' ? `…${text.slice(text.length - kept)}` : `${text.slice(0, kept)}…`;
}

function same(text: string): string {
  return text;
}
