import { messageOf } from '#base/index.ts';
import { asFields, type Fields } from '../fields.ts';

/** The largest lock files that are published have some 100,000 lines; each line, colon, comma and bracket may be a value. */
const most = { characters: 16 * 1024 ** 2, signs: 1_000_000, depth: 100 };

/** The documents of a text that are objects; why not, where it is no YAML. The library is loaded when it is needed. */
export async function readLockYaml(text: string): Promise<readonly Fields[] | string> {
  const excess = excessOf(text);
  if (excess !== undefined) return excess;
  const { parseAllDocuments } = await import('yaml');
  try {
    // The library's own look for doubles takes the square of the keys.
    const options = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
    const documents = parseAllDocuments(text, options);
    if ('empty' in documents) return 'it is empty';
    const problem = documents.flatMap(({ errors }) => errors)[0];
    if (problem !== undefined) return `it is not valid YAML: ${problem.message}`;
    // Lock files have no aliases, and a few lines of them unfold to more than any memory holds.
    const read = documents.flatMap<Fields>((document) => asFields(document.toJS({ maxAliasCount: 0 })) ?? []);
    return read.length < documents.length ? 'it is no object' : read;
  } catch (error) {
    return `it is not valid YAML: ${messageOf(error)}`;
  }
}

/** Why a text is not even parsed. */
function excessOf(text: string): string | undefined {
  if (text.length > most.characters) return `it has more than ${most.characters} characters`;
  let signs = 0;
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '[' || sign === '{') open += 1;
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1);
    else if (sign === '\n') open = 0;
    else if (sign !== ',' && sign !== ':') continue;
    signs += 1;
    if (signs > most.signs) return `it has more than ${most.signs} lines, colons, commas and brackets`;
    if (open > most.depth) return `it is nested more than ${most.depth} deep`;
  }
  return /(?:^|\s)(?:[-?][ \t]+){16}/.test(text) ? 'it is nested too deep' : undefined;
}
