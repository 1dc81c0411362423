import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCatalogue } from '#base/index.ts';
import { faultCatalogue } from '#image/index.ts';
import { referencePages } from '../tools/docs.ts';

const root = join(import.meta.dirname, '..');

describe('the docs', () => {
  test.each(Object.keys(referencePages()))('reference/%s is what the code says (node tools/docs.ts)', (name) => {
    expect(readFileSync(join(root, 'docs/reference', name), 'utf8')).toBe(referencePages()[name]);
  });

  test('every code that the sources name is in the catalogue, and the other way round', async () => {
    const sources = (await readdir(join(root, 'src'), { recursive: true })).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('catalogue'),
    );
    const text = sources.map((file) => readFileSync(join(root, 'src', file), 'utf8')).join('\n');
    const thrown = [...text.matchAll(/new AppError\(\s*'([a-z-]+)'/g)].map((match) => match[1] ?? '');
    expect(thrown.filter((code) => !Object.hasOwn(errorCatalogue, code))).toEqual([]);
    const unused = [...Object.keys(errorCatalogue), ...Object.keys(faultCatalogue)].filter(
      (code) => !text.includes(`'${code}'`),
    );
    expect(unused).toEqual([]);
  });

  test('links lead somewhere', async () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      ...(await readdir(join(root, 'docs'), { recursive: true }))
        .filter((file) => file.endsWith('.md'))
        .map((file) => `docs/${file}`),
    ];
    const broken = pages.flatMap((page) => {
      const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
        (match) => match[1] ?? '',
      );
      return links.filter((link) => !existsSync(join(root, dirname(page), link))).map((link) => `${page}: ${link}`);
    });
    expect(broken).toEqual([]);
  });

  test('every decision has its three parts', async () => {
    for (const file of await readdir(join(root, 'docs/adr'))) {
      const text = readFileSync(join(root, 'docs/adr', file), 'utf8');
      expect
        .soft(
          ['**Background.**', '**Decision.**', '**So.**'].filter((part) => !text.includes(part)),
          file,
        )
        .toEqual([]);
    }
  });
});
