import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = join(import.meta.dirname, '../pages');
const read = (pattern: string) =>
  globSync(pattern, { cwd: pages }).map((file) => ({ file, text: readFileSync(join(pages, file), 'utf8') }));

/* Styles of a page stay when another one is opened: a rule for columns that both have would move the other's. */
test('a rule for the columns of a page reaches no other page', () => {
  const users = new Map<string, Set<string>>();
  for (const { file, text } of read('**/*.tsx'))
    for (const [name] of text.matchAll(/(?<=['" ])c-[a-z-]+/g))
      users.set(name, (users.get(name) ?? new Set()).add(dirname(file)));
  const isOfOnePage = (selector: string): boolean =>
    // In a list or below a part that the page names, or beside a column that no other page has.
    selector.includes('[data-list=') ||
    !/^(?:\.list|tbody|tr|td|th|\.c-)/.test(selector) ||
    [...selector.matchAll(/\.(c-[a-z-]+)/g)].some(([, name = '']) => (users.get(name)?.size ?? 0) <= 1);
  const reaching = read('**/*.css').flatMap(({ file, text }) =>
    [...text.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/(?<=^|[{};])([^{};@]*\.c-[a-z-]+[^{};]*)\{/g)]
      .flatMap(([, list = '']) => list.split(/,(?![^(]*\))/))
      .map((selector) => selector.trim())
      .filter((selector) => !isOfOnePage(selector))
      .map((selector) => `${file}: ${selector}`),
  );
  expect(reaching).toEqual([]);
});

test('a list that a rule names is there', () => {
  const code = read('**/*.tsx');
  const named = read('**/*.css').flatMap(({ file, text }) =>
    [...text.matchAll(/\[data-list="([^"]+)"\]/g)].map(([, name = '']) => ({ folder: dirname(file), name })),
  );
  expect(named.length).toBeGreaterThan(0);
  const missing = named.filter(
    ({ folder, name }) =>
      !code.some(
        ({ file, text }) =>
          dirname(file) === folder && [`name: '${name}'`, `title = '${name}'`].some((one) => text.includes(one)),
      ),
  );
  expect(missing).toEqual([]);
});
