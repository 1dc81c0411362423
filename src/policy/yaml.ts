import type { Document, Node } from 'yaml';
import { PolicyText } from './contract.ts';
import { limits } from './limits.ts';
import { problemsOfRules } from './problems.ts';

export interface YamlProblem {
  readonly line?: number;
  readonly message: string;
}

export type ReadPolicy =
  | { readonly state: 'read'; readonly policy: PolicyText }
  | { readonly state: 'refused'; readonly problems: readonly YamlProblem[] };

const mostProblems = 50;

/** The YAML form of a policy: the same object, in the order in which people read it. */
export async function policyToYaml({ name, description, collections, state, rules }: PolicyText): Promise<string> {
  const { stringify } = await import('yaml');
  const ordered = {
    name,
    ...(description === undefined ? {} : { description }),
    ...(collections === undefined ? {} : { collections }),
    ...(state === undefined ? {} : { state }),
    rules,
  };
  return stringify(ordered, { lineWidth: 120, aliasDuplicateObjects: false });
}

/**
 * Reads the YAML form. One document without anchors, aliases and tags: they add nothing here, and a few lines of them
 * can unfold to more than any memory holds. Fields that the form does not know are refused, so that a slip of the pen
 * never makes a rule weaker.
 */
export async function policyFromYaml(text: string): Promise<ReadPolicy> {
  const parsed = await parse(text);
  if (parsed.state === 'refused') return parsed;
  const { value, lineOf } = parsed;
  const checked = PolicyText.safeParse(value);
  // Each line is looked up in the whole document.
  const some = <Item>(items: readonly Item[]): readonly Item[] => items.slice(0, mostProblems);
  const problems: YamlProblem[] = [];
  const complain = (path: readonly PropertyKey[], message: string): void => {
    const line = lineOf(path);
    problems.push({ ...(line === undefined ? {} : { line }), message: message.slice(0, 500) });
  };
  for (const { path, message } of some(checked.error?.issues ?? [])) complain(path, `${nameOf(path)}: ${message}`);
  if (checked.success) {
    for (const path of some(unknownFields(value, checked.data, [])))
      complain(path, `${nameOf(path)} is not a known field.`);
    for (const { path, message } of some(await problemsOfRules(checked.data.rules)))
      complain(path, `${nameOf(path)}: ${message}`);
  }
  return checked.success && problems.length === 0
    ? { state: 'read', policy: checked.data }
    : { state: 'refused', problems: problems.slice(0, mostProblems) };
}

type Parsed =
  | {
      readonly state: 'parsed';
      readonly value: unknown;
      readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
    }
  | { readonly state: 'refused'; readonly problems: readonly YamlProblem[] };

/** Loads the library when it is needed: most programs that judge read no YAML. */
async function parse(text: string): Promise<Parsed> {
  const excess = excessOf(text);
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
    return problems.length > 0 ? { state: 'refused', problems: problems.slice(0, mostProblems) } : read(document, at);
  } catch (error) {
    const message = error instanceof RangeError ? tooDeep : String(error).slice(0, 500);
    return { state: 'refused', problems: [{ message }] };
  }
}

function read(document: Document.Parsed, at: (node: Node | undefined) => Pick<YamlProblem, 'line'>): Parsed {
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const find = (path: readonly PropertyKey[]) => at(document.getIn(path, true) as Node | undefined).line;
  return { state: 'parsed', value, lineOf: (path) => lineOf(path, find) };
}

const tooDeep = 'The text is nested too deep.';

/** Why a text is not even parsed. Every value of YAML stands behind a line's end, a colon, a comma or a bracket. */
function excessOf(text: string): string | undefined {
  const { yamlBytes, yamlSigns, yamlDepth } = limits;
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
function unknownFields(
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

/** `rules[2].threshold.score`. */
function nameOf(path: readonly PropertyKey[]): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return name === '' ? 'The policy' : name.replace(/^\./, '');
}
