import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namesOf, textsOf } from '../tools/syntax.ts';
import { formerNames, formerTexts } from './former-words.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/language.md');
const text = readFileSync(page, 'utf8');
const heads = text.split('\n').flatMap((line) => /^\| (?<head>\*\*.+?) \| /.exec(line)?.groups?.['head'] ?? []);
const words = heads.flatMap((head) =>
  [...head.matchAll(/\*\*(?<words>[^*]+)\*\*/g)].flatMap((match) => match.groups?.['words']?.split(', ') ?? []),
);

describe('the words of the product', () => {
  test('are each defined once', () => {
    expect(words.length).toBeGreaterThan(90);
    expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
  });

  test('name files and pages that exist', () => {
    const sources = globSync('src/**/*.ts', { cwd: root });
    const files = [...text.matchAll(/`(?<file>[a-z-]+(?:\/[a-z-]+)*\.ts)`/g)].map(
      (match) => match.groups?.['file'] ?? '',
    );
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !sources.some((one) => one === file || one.endsWith(`/${file}`)))).toEqual([]);
    const links = [...text.matchAll(/\]\((?<link>[^)#]+)/g)].map((match) => match.groups?.['link'] ?? '');
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });
});

/** Names and texts of one file of the product. Migrations keep the names that earlier versions stored. */
interface Source {
  readonly file: string;
  readonly names: ReadonlySet<string>;
  readonly texts: readonly string[];
}

const keepsFormer = /\/(?:schema|migrations)[^/]*\.ts$/;
const isTest = /\.test\.tsx?$|testing\.ts$/;

function sourcesBelow(pattern: string): readonly Source[] {
  return globSync(pattern, { cwd: root })
    .filter((file) => !isTest.test(file) && !file.startsWith('native/build/'))
    .map((file) => {
      const code = readFileSync(join(root, file), 'utf8');
      if (!/\.tsx?$/.test(file)) return { file, names: namesInC(code), texts: [] };
      return { file, names: namesOf(code, file), texts: textsOf(code, file).map((one) => one.replaceAll(/\s+/g, ' ')) };
    });
}

/** Names outside of comments and texts. */
function namesInC(code: string): ReadonlySet<string> {
  const bare = code.replaceAll(/\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, ' ');
  return new Set(bare.match(/[A-Za-z_]\w*/g));
}

describe('what an outside review called misleading', () => {
  const sources = ['src/**/*.ts', 'web/src/**/*.{ts,tsx}', 'native/**/*.{c,h}'].flatMap(sourcesBelow);
  const texts = sources.flatMap((one) => one.texts);

  test('is looked for in every file', () => {
    expect(sources.length).toBeGreaterThan(1500);
    expect(texts.length).toBeGreaterThan(10_000);
  });

  test.each(formerNames)('$id: the name does not come back', ({ name, file, below = '' }) => {
    const found = sources
      .filter((one) => one.file.startsWith(below) && !keepsFormer.test(one.file))
      .flatMap((one) => [
        ...(file?.test(one.file) === true ? [one.file] : []),
        ...(name === undefined
          ? []
          : [...one.names].filter((known) => name.test(known)).map((known) => [one.file, known])),
      ]);
    expect(found).toEqual([]);
  });

  test('N29: each header of C has an include guard of its own', () => {
    const headers = globSync('native/**/*.h', { cwd: root }).filter((file) => !file.startsWith('native/build/'));
    const guards = headers.flatMap((file) => {
      const guard = /^#ifndef (?<guard>\w+_H_*)$/m.exec(readFileSync(join(root, file), 'utf8'))?.groups?.['guard'];
      return guard === undefined ? [] : [guard];
    });
    expect(guards.length).toBeGreaterThan(60);
    expect(guards.filter((guard, at) => guards.indexOf(guard) !== at)).toEqual([]);
  });

  test.each(formerTexts)('$id: the text does not come back, and what is clearer stands instead', (row) => {
    expect(texts.filter((one) => row.former.test(one.trim()))).toEqual([]);
    for (const clearer of row.instead)
      expect(
        texts.some((one) => one.includes(clearer)),
        clearer,
      ).toBe(true);
  });
});
