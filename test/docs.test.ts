import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentCapabilities } from '#apps/agent-capabilities.ts';
import { environmentVariables } from '#apps/cli/environment.ts';
import { misunderstood } from '#apps/cli/testing.ts';
import { errorCatalogue } from '#base/index.ts';
import { faultCatalogue } from '#image/index.ts';
import { ruleFaces } from '#policy/contract.ts';
import { referencePages } from '../tools/docs.ts';
import { howToIndex, readme } from '../tools/front-pages.ts';

const root = join(import.meta.dirname, '..');

describe('the docs', () => {
  test.each(Object.keys(referencePages()))('reference/%s is what the code says (npm run docs)', (name) => {
    expect(readFileSync(join(root, 'docs/reference', name), 'utf8')).toBe(referencePages()[name]);
  });

  test('the index of how-tos and the lists of README.md are what the pages and the code say (npm run docs)', () => {
    expect(readFileSync(join(root, 'docs/how-to/README.md'), 'utf8')).toBe(howToIndex());
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe(readme());
  });

  test('no plug-in keeps the texts of its scaffold', () => {
    const pages = Object.entries(referencePages());
    expect(pages.filter(([, text]) => /one sentence for /i.test(text)).map(([name]) => name)).toEqual([]);
  });

  test('each kind of rule has its row where people learn to write rules', () => {
    const page = readFileSync(join(root, 'docs/how-to/write-rules.md'), 'utf8');
    expect(
      ruleFaces.map(({ beginning }) => beginning.kind).filter((kind) => !page.includes(`\n| \`${kind}\` |`)),
    ).toEqual([]);
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

  test('every command line on a page is one that the program understands', async () => {
    const lines = (await pages()).flatMap((page) => commandLines(readFileSync(join(root, page), 'utf8')));
    expect(lines.length).toBeGreaterThan(25);
    for (const line of lines) expect.soft(await misunderstood(line), line).toBe('');
    expect(await misunderstood('seawall scan app:7 --only-fix')).toContain('Did you mean --only-fixed?');
  });

  test('every variable that the programs read has its line in the list of variables', async () => {
    const files = await readdir(join(root, 'src'), { recursive: true });
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
    const named = /\benv(?:ironment)?\['(SEAWALL_\w+)'\]/g;
    const read = new Set(
      sources.flatMap((file) =>
        [...readFileSync(join(root, 'src', file), 'utf8').matchAll(named)].map(([, name = '']) => name),
      ),
    );
    const listed = environmentVariables.map(({ name }) => name);
    expect(read.size).toBeGreaterThan(15);
    expect([...read].filter((name) => !listed.includes(name))).toEqual([]);
  });

  test('the page on hosts prints each capability of the agent’s container, and says what it is for', () => {
    const page = readFileSync(join(root, 'docs/how-to/add-a-host.md'), 'utf8');
    const command = /^SEAWALL_TOKEN=… docker run(?:.*\\\n)*.*/m.exec(page)?.[0] ?? '';
    expect([...command.matchAll(/--cap-add (\w+)/g)].map(([, name]) => name)).toEqual(agentCapabilities);
    for (const name of agentCapabilities) expect(page).toContain(`| \`${name}\` |`);
  });

  test('links lead somewhere', async () => {
    const broken = (await pages()).flatMap((page) => {
      const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
        (match) => match[1] ?? '',
      );
      return links.filter((link) => !existsSync(join(root, dirname(page), link))).map((link) => `${page}: ${link}`);
    });
    expect(broken).toEqual([]);
  });

  test('README.md shows five pages, each picture is shown somewhere, and all are small', async () => {
    const shownBy = (page: string): readonly string[] =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) =>
        join(dirname(page), path),
      );
    expect(shownBy('README.md')).toHaveLength(5);
    const names = (await readdir(join(root, 'docs/pictures'))).map((name) => join('docs/pictures', name));
    expect(names.toSorted()).toEqual([...new Set(['README.md', ...(await pages())].flatMap(shownBy))].toSorted());
    const sizes = names.map((name) => statSync(join(root, name)).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(120_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(500_000);
  });

  test('a policy that a how-to prints is one that its steps make', async () => {
    const printed = (await pages()).flatMap((page) => {
      const [text, ...blocks] = split(readFileSync(join(root, page), 'utf8'));
      const names = blocks.flatMap((block) => [...block.matchAll(/policy "([^"]+)"/g)].map(([, name = '']) => name));
      return names.map((name) => ({ page, name, isMade: text.includes(`\`${name}\``) }));
    });
    expect(printed.length).toBeGreaterThan(0);
    expect(printed.filter(({ isMade }) => !isMade)).toEqual([]);
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

/** Pages for people, as paths below the root. */
async function pages(): Promise<readonly string[]> {
  const files = await readdir(join(root, 'docs'), { recursive: true });
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    ...files.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`),
  ];
}

/** The text of a page outside its blocks of code, then each block. */
function split(page: string): readonly [string, ...(readonly string[])] {
  const parts = page.split(/^```.*$/m);
  return [parts.filter((_, at) => at % 2 === 0).join(''), ...parts.filter((_, at) => at % 2 === 1)];
}

/** Lines of shell blocks that call the program. */
function commandLines(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map((match) => match[1] ?? '');
  return blocks.flatMap((block) => block.split('\n').filter((line) => /^(?:\w+=\S+ )*(?:bin\/)?seawall /.test(line)));
}
