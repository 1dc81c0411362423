/**
 * Text in lines of at most `width` characters, folded at spaces; those after the first begin with `indent` spaces. A
 * longer word keeps its line.
 */
export function fold(text: string, { width, indent }: { readonly width: number; readonly indent: number }): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined) lines.push(word);
    else if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(`${' '.repeat(indent)}${word}`);
  }
  return lines.join('\n');
}
