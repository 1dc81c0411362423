import { readFileSync } from 'node:fs';
import { type ESTree, parseSync, type Plugin } from 'vite';

/** Asks for a contract as it is written, with its schemas. */
const whole = '?schemas';
const contract = /\/src\/[a-z]+\/contract[a-z-]*\.ts$/;
const catalogue = /\/src\/base\/error-catalogue\.ts$/;
const fields = /\/src\/http\/fields\.ts$/;
/** What a page needs of an endpoint: the console that serves the page checks what it sends and what it gets. */
const called = ['method', 'path'];

/**
 * Takes the schemas out of the contracts that the pages import, and with them zod, which is larger than the first page. A
 * page that does check something, as the editor of a policy does, gets the schema from the same contract as before: each is
 * split into what is plain (endpoints as method and path, words, functions) and the rest, which is a module of its own.
 */
export function plainContracts(): Plugin {
  return {
    name: 'plain-contracts',
    enforce: 'pre',
    load: (id) => {
      if (!id.endsWith(whole)) return null;
      return { code: readFileSync(id.slice(0, -whole.length), 'utf8'), moduleType: 'ts', moduleSideEffects: false };
    },
    transform: (code, id) => {
      if (fields.test(id)) return { code, map: null, moduleSideEffects: false };
      if (catalogue.test(id)) return { code: withoutMeanings(code), map: null };
      if (!contract.test(id)) return null;
      return {
        code: plainContract(code, `./${id.slice(id.lastIndexOf('/') + 1)}${whole}`),
        map: null,
        moduleSideEffects: false,
      };
    },
  };
}

/** One statement at the top of a contract. */
interface Part {
  readonly start: number;
  readonly end: number;
  /** What it declares. */
  readonly names: readonly string[];
  /** Whether others may import them. */
  readonly exported: boolean;
  /** Every name that it mentions when it runs. */
  readonly mentions: ReadonlySet<string>;
}

/** A contract without its schemas; what is made of them is exported again from `rest`. */
export function plainContract(text: string, rest: string): string {
  const stripped = withoutSchemas(text);
  const { body } = parseSync('contract.ts', stripped).program;
  const imports = body.filter((one) => one.type === 'ImportDeclaration' && one.importKind !== 'type');
  const parts = body.filter(runs).map(partOf);
  const tainted = new Set(
    imports.flatMap((one) => (one.type === 'ImportDeclaration' && bringsSchemas(one) ? namesOf(one) : [])),
  );
  const isTainted = ({ mentions }: Part): boolean => [...mentions].some((name) => tainted.has(name));
  for (let known = -1; known < tainted.size; ) {
    known = tainted.size;
    for (const part of parts.filter(isTainted)) for (const name of part.names) tainted.add(name);
  }
  const kept = parts.filter((part) => !isTainted(part));
  const used = new Set(kept.flatMap(({ mentions }) => [...mentions]));
  const needed = imports.filter(
    (one) => one.type === 'ImportDeclaration' && namesOf(one).some((name) => used.has(name)),
  );
  const lost = parts.filter(isTainted).flatMap((part) => (part.exported ? part.names : []));
  const again = lost.length === 0 ? '' : `export { ${lost.join(', ')} } from '${rest}';\n`;
  const lines = [...needed, ...kept].map(({ start, end }) => stripped.slice(start, end));
  return `${lines.join('\n')}\n${again}`;
}

/** The text with each `endpoint({ … })` as a plain object of what a call needs. */
function withoutSchemas(text: string): string {
  const cuts: Cut[] = [];
  walk(parseSync('contract.ts', text).program, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'endpoint') return;
    const [declaration] = node.arguments;
    const fields = declaration?.type === 'ObjectExpression' ? declaration.properties : [];
    const schemas = fields.filter((one) => !isCalled(one));
    if (fields.length - schemas.length !== called.length)
      throw new Error('An endpoint states its method and its path.');
    cuts.push(node.callee, ...schemas);
  });
  return without(text, cuts);
}

/** The catalogue of errors without what only the reference prints: the console says itself what happened. */
function withoutMeanings(text: string): string {
  const cuts: Cut[] = [];
  walk(parseSync('error-catalogue.ts', text).program, (node) => {
    if (node.type === 'Property' && node.key.type === 'Identifier' && node.key.name === 'meaning') cuts.push(node);
  });
  return without(text, cuts);
}

interface Cut {
  readonly start: number;
  readonly end: number;
}

/** The text without these parts, and the commas after them. */
function without(text: string, cuts: readonly Cut[]): string {
  let plain = text;
  for (const { start, end } of cuts.toSorted((one, other) => other.start - one.start)) {
    const after = /^\s*,/.exec(plain.slice(end))?.[0].length ?? 0;
    plain = plain.slice(0, start) + plain.slice(end + after);
  }
  return plain;
}

function isCalled(field: ESTree.ObjectPropertyKind): boolean {
  return field.type === 'Property' && field.key.type === 'Identifier' && called.includes(field.key.name);
}

/** Whether anything is left of a statement once its types are gone. Imports stand apart. */
function runs(statement: ESTree.Directive | ESTree.Statement): boolean {
  if (statement.type === 'ImportDeclaration' || statement.type.startsWith('TS')) return false;
  if (statement.type !== 'ExportNamedDeclaration') return true;
  return statement.exportKind !== 'type' && statement.declaration?.type.startsWith('TS') !== true;
}

function bringsSchemas({ source }: ESTree.ImportDeclaration): boolean {
  return source.value === 'zod' || /\/fields\.ts$|\/contract[a-z-]*\.ts$/.test(source.value);
}

function namesOf({ specifiers }: ESTree.ImportDeclaration): readonly string[] {
  return specifiers.map(({ local }) => local.name);
}

function partOf(statement: ESTree.Directive | ESTree.Statement): Part {
  const exported = statement.type === 'ExportNamedDeclaration';
  const declared = exported ? statement.declaration : statement;
  const names: string[] = [];
  if (declared?.type === 'FunctionDeclaration' && declared.id) names.push(declared.id.name);
  if (declared?.type === 'VariableDeclaration')
    for (const { id } of declared.declarations) if (id.type === 'Identifier') names.push(id.name);
  if (exported && statement.source === null)
    for (const { exported: name } of statement.specifiers) if (name.type === 'Identifier') names.push(name.name);
  const mentions = new Set<string>();
  // What is handed on from another module is known there.
  if (!exported || statement.source === null)
    walk(statement, (node) => {
      if (node.type === 'Identifier') mentions.add(node.name);
    });
  return { start: statement.start, end: statement.end, names, exported, mentions };
}

/** Visits what runs: no types, no names of members and properties. */
function walk(node: ESTree.Node, visit: (node: ESTree.Node) => void): void {
  if (node.type.startsWith('TS') && !('expression' in node)) return;
  visit(node);
  for (const [key, value] of Object.entries(node)) {
    const named = (key === 'property' || key === 'key') && 'computed' in node && !node.computed;
    if (named || key === 'typeAnnotation' || key === 'returnType' || key === 'typeArguments') continue;
    for (const child of [value].flat()) if (isNode(child)) walk(child, visit);
  }
}

function isNode(value: unknown): value is ESTree.Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
