import { styleText } from 'node:util';
import { fold } from '../../fold.ts';

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours text, or leaves it as it is. */
export function painter(colour: boolean): Paint {
  return colour ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** A line whose first word has a colour, folded to the width of the terminal. */
export interface Line {
  readonly first?: string;
  readonly paint?: (text: string) => string;
  readonly text: string;
  readonly indent?: number;
  /** Blanks before the lines that follow, more than `indent`; missing: a few. */
  readonly after?: number;
}

/** The first word is never folded away, so it is coloured after the line is. */
export function lineOf({ first = '', paint = (text) => text, text, indent = 0, after }: Line, columns: number): string {
  const start = ' '.repeat(indent);
  const whole = first === '' ? text : `${first}  ${text}`;
  const width = Math.max(20, columns - indent);
  // Two blanks that part one thing from the next end a line, and begin none.
  const few = Math.min(2, indent) + 2;
  const folded = fold(whole, { width, indent: after === undefined ? few : after - indent }).replace(
    / *\n +/g,
    `\n${' '.repeat(after ?? few)}`,
  );
  return `${start}${paint(folded.slice(0, first.length))}${folded.slice(first.length)}`;
}
