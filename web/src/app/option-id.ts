/** An id of the page for a result: names that differ, as strangers may choose them, never have the same. */
export function optionId(list: string, id: string): string {
  return `${list}${id.replaceAll(/[^A-Za-z0-9-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`)}`;
}
