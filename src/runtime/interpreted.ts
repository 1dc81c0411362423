import { oddApplet } from './applet.ts';
import { baseName, plainName } from './programs.ts';

/** Options of Java whose value is the next word. */
const javaValues = new Set([
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
  '--module-path',
  '--upgrade-module-path',
  '--add-modules',
  '--add-exports',
  '--add-opens',
  '--add-reads',
  '--limit-modules',
  '--source',
]);
/** Letters of Python's options that take a value: the rest of the word, or the next one. */
const pythonValues = 'WX';

/** The last word was cut off, or all are there. */
export type Wholeness = 'whole' | 'cut';

/**
 * Module or class that an interpreter runs by name: `python -m MODULE`, `java -cp … Main`, `java -jar FILE`. It stands
 * where a multi-call program has its applet. `undefined`: it runs something else, or its words do not tell.
 */
export function interpretedName(path: string, argv: readonly string[], words: Wholeness): string | undefined {
  const known = words === 'cut' ? argv.slice(1, -1) : argv.slice(1);
  const name = nameIn(plainName(baseName(path)), known);
  if (name === undefined) return undefined;
  return /^[\w$./@+-]{1,255}$/.test(name) ? name : oddApplet;
}

function nameIn(program: string, words: readonly string[]): string | undefined {
  switch (program) {
    case 'python':
    case 'pypy':
      return pythonModule(words);
    case 'java':
      return javaClass(words);
    default:
      return undefined;
  }
}

function pythonModule(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--check-hash-based-pycs') at += 1;
    else if (word.startsWith('--')) continue;
    else if (!/^-./.test(word))
      return undefined; // a script, or the standard input
    else {
      const letters = /^-([^cmWX]*)([cmWX]?)(.*)$/s.exec(word);
      const [, , letter = '', rest = ''] = letters ?? [];
      if (letter === 'c') return undefined;
      if (letter === 'm') return rest === '' ? words[at + 1] : rest;
      if (pythonValues.includes(letter) && letter !== '' && rest === '') at += 1;
    }
  }
  return undefined;
}

function javaClass(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    if (word === '-jar') return next === undefined ? undefined : baseName(next);
    if (word === '-m' || word === '--module') return next;
    if (word.startsWith('--module=')) return word.slice('--module='.length);
    if (javaValues.has(word)) at += 1;
    else if (word.startsWith('@'))
      return undefined; // a file of options
    else if (!word.startsWith('-')) return word;
  }
  return undefined;
}
