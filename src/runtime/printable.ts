import { oneLine } from '#base/index.ts';
import type { SeenProcess } from './contract.ts';

const longestWord = 4096;
const mostWords = 200;

/** Names and words come from containers: control characters are shown by their code. */
export function printable(text: string): string {
  return oneLine(text, Infinity, (one) => `\\x${(one.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}

/** A command line as contracts carry it. */
export function printableWords(words: readonly string[]): readonly string[] {
  return words.slice(0, mostWords).map((word) => printable(word).slice(0, longestWord));
}

/** A process as contracts carry it. */
export function printableProcess(process: SeenProcess): SeenProcess {
  return process.argv === undefined ? process : { ...process, argv: printableWords(process.argv) };
}
