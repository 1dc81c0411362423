import type { SeenProcess } from '#runtime/contract.ts';

/** A process as a command line: its program, and its arguments where they are known. */
export function commandOf({ path, argv }: Pick<SeenProcess, 'path' | 'argv'>): string {
  const words = argv === undefined ? [] : argv.slice(1);
  return [path, ...words.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
}

/** Last part of a path: how people call a program. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
