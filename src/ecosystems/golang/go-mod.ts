import { libraryVersion, type Module, replaced } from './modules.ts';

/** What a `go.mod` says that a build takes. */
export interface GoMod {
  readonly modules: readonly Module[];
  /** Version of the standard library, where the file tells which toolchain builds it. */
  readonly library?: string;
  /** Before Go 1.17 it names only what the module itself imports, not what those modules require in turn. */
  readonly isComplete: boolean;
}

/** Lines are short, files too: the largest that are published have some 1,000 lines. */
const longest = { line: 4096, lines: 100_000 };

/** Reads a `go.mod` (https://go.dev/ref/mod#go-mod-file); why not, where it is none or is cut off. */
export function parseGoMod(text: string): GoMod | string {
  const directives = directivesIn(text);
  if (typeof directives === 'string') return directives;
  const of = (verb: string): readonly (readonly string[])[] =>
    directives.flatMap(([own, ...words]) => (own === verb ? [words] : []));
  if (of('module').length === 0) return 'it names no module';
  const required = of('require');
  const bad = required.find(([name, version]) => name === undefined || !/^v\d/.test(version ?? ''));
  if (bad !== undefined) return `it requires ${JSON.stringify(bad.join(' ').slice(0, 100))}, which is no version`;
  const excluded = new Set(of('exclude').map((words) => words.join(' ')));
  const replacements = new Map(of('replace').map(replacementOf));
  const modules = required.flatMap(([name = '', version = '']) => {
    if (excluded.has(`${name} ${version}`)) return [];
    const by = replacements.get(`${name} ${version}`) ?? replacements.get(name);
    return by === undefined ? { name, version } : replaced({ name, version }, by);
  });
  const go = of('go')[0]?.[0] ?? '1.16';
  const library = libraryOf(go, of('toolchain')[0]?.[0]);
  return { modules, isComplete: modules.length === 0 || isSince(go, 17), ...(library !== undefined && { library }) };
}

/** `old => ./folder`, `old v1 => new v2`: by the module and version that are replaced, or the module alone. */
function replacementOf(words: readonly string[]): readonly [string, Module] {
  const arrow = words.indexOf('=>');
  const [name = '', version = ''] = words.slice(arrow + 1);
  return [words.slice(0, Math.max(arrow, 0)).join(' '), { name, version }];
}

/**
 * Since Go 1.21 the file states the oldest toolchain that builds it: in a line of its own, else in that of Go
 * (https://go.dev/doc/toolchain). A version of the language without patch, such as 1.21, is none of the library.
 */
function libraryOf(go: string, toolchain: string | undefined): string | undefined {
  if (toolchain !== undefined && toolchain.startsWith('go')) return libraryVersion(toolchain);
  return isSince(go, 21) && /^\d+\.\d+(?:\.\d+|rc\d+)$/.test(go) ? libraryVersion(`go${go}`) : undefined;
}

function isSince(go: string, minor: number): boolean {
  const [, major = '0', own = '0'] = /^(\d{1,6})\.(\d{1,6})/.exec(go) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(own) >= minor);
}

/** Each directive as its words, those of a block each with the word in front of the block. */
function directivesIn(text: string): readonly (readonly string[])[] | string {
  const found: (readonly string[])[] = [];
  let block: string | undefined;
  const lines = text.split('\n');
  if (lines.length > longest.lines) return `it has more than ${longest.lines} lines`;
  for (const line of lines) {
    if (line.length > longest.line) return `it has a line of more than ${longest.line} characters`;
    const words = wordsOf(line);
    const [verb = '', next] = words;
    if (words.length === 0) continue;
    if (block !== undefined && verb === ')') block = undefined;
    else if (block !== undefined) found.push([block, ...words]);
    else if (next === '(') block = verb;
    else found.push(words);
  }
  return block === undefined ? found : `it ends inside of ${block} (…)`;
}

/** Words of a line, without quotes and comments. */
function wordsOf(line: string): readonly string[] {
  const words = (line.split('//', 1)[0] ?? '').match(/"[^"]*"|`[^`]*`|[()]|[^\s()"`]+/g) ?? [];
  return words.map((word) => word.replaceAll(/^["`]|["`]$/g, ''));
}
