/** What replaces a character: a text, or what a function makes of it. */
type Instead = string | ((character: string) => string);

/**
 * Text of strangers as it may stand in a line of a page, log, terminal or fact. Control characters, line separators and
 * marks that turn the reading direction become `instead`; halves of characters become `\ufffd`. Longer text is cut and ends
 * with `…`. The result has at most `longest` UTF-16 units.
 */
export function oneLine(text: string, longest = Infinity, instead: Instead = ' '): string {
  const line = text
    .slice(0, longest + 1)
    .toWellFormed()
    .replace(unprintable, (character) => (typeof instead === 'string' ? instead : instead(character)));
  if (line.length <= longest && text.length <= longest) return line;
  return `${withoutHalf(line.slice(0, Math.max(0, longest - 1)))}…`;
}

function withoutHalf(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1);
}

const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
