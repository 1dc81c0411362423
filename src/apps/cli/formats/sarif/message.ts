/** A text as a SARIF message: no link and no placeholder comes of what strangers wrote (2.1.0, sections 3.11.5 and 3.11.6). */
export function message(text: string, longest = 1000): { readonly text: string } {
  const escaped = cut(text, longest)
    .replace(/[\\[\]]/g, (character) => `\\${character}`)
    .replace(/[{}]/g, (character) => character.repeat(2));
  return { text: escaped };
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`;
}
