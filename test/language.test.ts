import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

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
