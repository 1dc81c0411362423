import type { Document, Node } from 'yaml';

/** What is wrong with a text, and where. */
export interface YamlProblem {
  readonly line?: number;
  readonly message: string;
}

/** What a text may hold at most. */
export interface YamlBounds {
  readonly yamlBytes: { readonly value: number };
  readonly yamlSigns: { readonly value: number };
  readonly yamlDepth: { readonly value: number };
}

/** The value of a text, with the lines of its members. */
export type ReadYaml =
  | {
      readonly state: 'parsed';
      readonly value: unknown;
      readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
    }
  | { readonly state: 'refused'; readonly problems: readonly YamlProblem[] };

/** Problems that are told of at most. */
export const mostYamlProblems = 50;

/**
 * Reads YAML, and JSON, which is YAML. One document without anchors, aliases and tags: they add nothing here, and a few
 * lines of them can unfold to more than any memory holds. The library is loaded when it is needed: most programs read none.
 */
export async function readYaml(text: string, bounds: YamlBounds): Promise<ReadYaml> {
  const excess = excessOf(text, bounds);
  if (excess !== undefined) return { state: 'refused', problems: [{ message: excess }] };
  const { isAlias, isMap, isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  const at = (node: Pick<Node, 'range'> | undefined): { readonly line?: number } =>
    node?.range ? { line: lines.linePos(node.range[0]).line } : {};
  try {
    // The library's own look for doubles takes the square of the keys: 80 s for 40,000.
    const options = {
      lineCounter: lines,
      prettyErrors: false,
      schema: 'core',
      strict: true,
      uniqueKeys: false,
    } as const;
    const document = parseDocument(text, options);
    const problems: YamlProblem[] = [...document.errors, ...document.warnings].map((error) => ({
      line: lines.linePos(error.pos[0]).line,
      message: error.message.slice(0, 500),
    }));
    visit(document, {
      Node: (_, node) => {
        if (isAlias(node) || node.anchor !== undefined)
          problems.push({ ...at(node), message: 'Anchors and aliases are not read here.' });
        else if (node.tag !== undefined) problems.push({ ...at(node), message: 'Tags are not read here.' });
        else if (isMap(node)) {
          const keys = node.items.map(({ key }) => (isScalar(key) ? key : undefined));
          problems.push(...doubles(keys).map((key) => ({ ...at(key), message: doubleMessage(key.value) })));
        }
      },
    });
    return problems.length > 0
      ? { state: 'refused', problems: problems.slice(0, mostYamlProblems) }
      : read(document, at);
  } catch (error) {
    const message = error instanceof RangeError ? tooDeep : String(error).slice(0, 500);
    return { state: 'refused', problems: [{ message }] };
  }
}

function read(document: Document.Parsed, at: (node: Node | undefined) => Pick<YamlProblem, 'line'>): ReadYaml {
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const find = (path: readonly PropertyKey[]) => at(document.getIn(path, true) as Node | undefined).line;
  return { state: 'parsed', value, lineOf: (path) => lineOf(path, find) };
}

const tooDeep = 'The text is nested too deep.';

/** Why a text is not even parsed. Every value of YAML stands behind a line's end, a colon, a comma or a bracket. */
function excessOf(text: string, { yamlBytes, yamlSigns, yamlDepth }: YamlBounds): string | undefined {
  if (Buffer.byteLength(text) > yamlBytes.value) return `The text is larger than ${yamlBytes.value} bytes.`;
  let signs = 0;
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (sign === '[' || sign === '{') open += 1;
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1);
    else if (sign === '\n') open = 0;
    else if (sign !== ',' && sign !== ':') continue;
    signs += 1;
    if (signs > yamlSigns.value) return `The text has more than ${yamlSigns.value} lines, colons, commas and brackets.`;
    if (open > yamlDepth.value) return tooDeep;
  }
  return manyDashes.test(text) ? tooDeep : undefined;
}

/** Lists and keys in each other on one line: `- - - a`. */
const manyDashes = /(?:^|\s)(?:[-?][ \t]+){16}/;

/** Keys that stand in one map before. */
function doubles<Key extends { readonly value: unknown }>(keys: readonly (Key | undefined)[]): readonly Key[] {
  const seen = new Set<unknown>();
  return keys.flatMap((key) => {
    if (key === undefined) return [];
    const found = seen.has(key.value) ? [key] : [];
    seen.add(key.value);
    return found;
  });
}

function doubleMessage(key: unknown): string {
  return `The key ${String(key).slice(0, 100)} stands twice in one map.`;
}

/** Line of a value, else of what would hold it. */
function lineOf(
  path: readonly PropertyKey[],
  find: (path: readonly PropertyKey[]) => number | undefined,
): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const line = find(path.slice(0, length));
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Paths of members that reading has dropped. */
export function unknownFields(
  written: unknown,
  read: unknown,
  path: readonly PropertyKey[],
): readonly (readonly PropertyKey[])[] {
  if (typeof written !== 'object' || written === null || typeof read !== 'object' || read === null) return [];
  const known = new Map<string, unknown>(Object.entries(read));
  return Object.entries(written).flatMap(([key, value]) => {
    const inner = [...path, Array.isArray(written) ? Number(key) : key];
    return known.has(key) ? unknownFields(value, known.get(key), inner) : [inner];
  });
}

/** `rules[2].threshold.score`; empty for the whole. */
export function yamlPath(path: readonly PropertyKey[]): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return name.replace(/^\./, '');
}
