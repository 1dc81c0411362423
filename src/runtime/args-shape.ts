import { createHash } from 'node:crypto';
import { appliedName, codeLetters, hasArguments, isCodeWord, kindOf } from './programs.ts';
import constants from './generalisation-1.json' with { type: 'json' };

/**
 * Arguments in their general shape: `curl -s --max-time={v} {url:https://api.example.com}`. Options stay, code becomes its
 * hash, a URL its host, a path its folder, the rest says what it is. Names yield literals alone, with `{`, `}` and `\`
 * escaped, so that none can spell a shape. Shells, interpreters and network tools only, as one that holds many programs
 * names the one it is; `undefined` for others, and when the arguments are not known.
 */
export function argsShape(path: string, argv: readonly string[] | undefined): string | undefined {
  if (argv === undefined || argv.length === 0 || !hasArguments(path)) return undefined;
  const name = appliedName(path, argv);
  if (kindOf(name) === 'other') return escaped(name);
  const letters = codeLetters(name);
  const words = argv.slice(isSelf(argv, name) ? 2 : 1);
  const shapes = words.map((word, at) => (takesCode(words[at - 1], letters) ? codeShape(word) : wordShape(word)));
  const text = [escaped(name), ...shapes].join(' ');
  return text.length <= constants.longestShape ? text : `${escaped(name)} ${codeShape(text)}`;
}

/** Whether the shape names code by its hash: such shapes never come together into one. */
export function holdsCode(shape: string): boolean {
  return shape.includes('{code:');
}

/** Shape that stands for any arguments, once a program had too many different ones. */
export function anyShape(shape: string): string {
  return `${shape.split(' ', 1)[0] ?? ''} {any}`;
}

/** `busybox sh -c …`: the second word is the program. */
function isSelf(argv: readonly string[], name: string): boolean {
  return argv[1] === name && !(argv[0] ?? '').endsWith(name);
}

function takesCode(before: string | undefined, letters: string | undefined): boolean {
  if (before === undefined || letters === undefined || letters === '') return false;
  return isCodeWord(before) || (/^-[A-Za-z]+$/.test(before) && letters.includes(before.at(-1) ?? ' '));
}

function codeShape(code: string): string {
  return `{code:${createHash('sha256').update(withoutSegments(code)).digest('hex').slice(0, 12)}}`;
}

/** Name of a segment of PostgreSQL's log, which is another in each call of the archive command. */
const segment = /(?<![\w-])[0-9A-F]{24}(?![\w-])/g;

/**
 * Code in which segments of PostgreSQL's log are named by their kind, so that one archive command is one line of a model.
 * Nothing else in code is generalised. The NUL before, which no argument holds, and the escapes keep other code apart.
 */
function withoutSegments(code: string): string {
  if (code.search(segment) === -1) return code;
  return `\0${code.replaceAll(/[{\\]/g, String.raw`\$&`).replaceAll(segment, '{hex:24}')}`;
}

function wordShape(word: string): string {
  const option = /^(--?[A-Za-z][\w.:-]{0,63})=/.exec(word)?.[1];
  if (option !== undefined) return `${option}={v}`;
  if (/^--?[\w.:+,-]{0,63}$/.test(word)) return word;
  if (/^\d+$/.test(word)) return '{num}';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return urlShape(word);
  if (/^(?:\/|\.\.?\/)/.test(word)) return `{path:${escaped(folderOf(word))}}`;
  return '{word}';
}

function urlShape(word: string): string {
  if (!URL.canParse(word)) return '{word}';
  const { protocol, host } = new URL(word);
  return `{url:${escaped(`${protocol}//${host.toLowerCase()}`)}}`;
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

function escaped(text: string): string {
  return text.replace(/[{}\\\s\p{Cc}]/gu, (one) =>
    /[{}\\]/.test(one) ? `\\${one}` : `\\u${one.codePointAt(0)?.toString(16).padStart(4, '0')}`,
  );
}
