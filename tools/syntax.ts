import { parseAst } from 'rolldown/parseAst';

/** Syntax trees of TypeScript, and the texts in them. */

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The tree of a file as JSON, without places, comments and the content of texts. Keys and module names stay. */
export function shapeOf(code: string, file: string): string {
  return JSON.stringify(treeOf(code, file), (name, value: unknown) => {
    if (name === 'start' || name === 'end' || name === 'range') return undefined;
    if (!isNode(value)) return plainOf(value);
    if (isText(value) && name !== 'source' && name !== 'key') return { type: value.type };
    return plainOf(value);
  });
}

/** Every text in a file that people may read: strings, parts of templates, text between tags. */
export function textsOf(code: string, file: string): readonly string[] {
  const found: string[] = [];
  JSON.stringify(treeOf(code, file), (name, value: unknown) => {
    if (isNode(value) && isText(value) && name !== 'source' && name !== 'key') found.push(contentOf(value));
    return plainOf(value);
  });
  return found;
}

/** Every name in a file that stands for something: variables, fields, types, components. */
export function namesOf(code: string, file: string): ReadonlySet<string> {
  const found = new Set<string>();
  JSON.stringify(treeOf(code, file), (_, value: unknown) => {
    if (isNode(value) && value.type.endsWith('Identifier') && typeof value['name'] === 'string')
      found.add(value['name']);
    return plainOf(value);
  });
  return found;
}

function treeOf(code: string, file: string): unknown {
  return parseAst(code, { lang: file.endsWith('x') ? 'tsx' : 'ts' });
}

/** JSON has no big integers. */
function plainOf(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isText({ type, value, regex }: Node): boolean {
  if (type === 'TemplateElement' || type === 'JSXText') return true;
  return type === 'Literal' && (typeof value === 'string' || regex !== undefined);
}

function contentOf({ value }: Node): string {
  if (typeof value === 'string') return value;
  return isCooked(value) ? (value.cooked ?? '') : '';
}

function isCooked(value: unknown): value is { readonly cooked?: string } {
  return typeof value === 'object' && value !== null && 'cooked' in value;
}
