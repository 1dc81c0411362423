import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { textsOf } from './syntax.ts';

/**
 * `node tools/word-hits.ts`: counts in each folder the words that `docs/language.md` lists to avoid, in texts that people
 * read. A folder may have no more than `tools/word-hits.json` says; `--write` lowers the numbers to what is there.
 */

const root = join(import.meta.dirname, '..');
const limitsFile = join(root, 'tools/word-hits.json');

/** Pages that name former words: the list itself, and what was replaced with the titles of tests. */
const namesFormerWords: ReadonlySet<string> = new Set(['docs/language.md', 'docs/review-answers.md']);

/** Words to avoid, from the table under *Words to avoid*. */
export function avoidedWords(): readonly string[] {
  const page = readFileSync(join(root, 'docs/language.md'), 'utf8');
  const [, table = ''] = (page.split('## Words to avoid')[1] ?? '').split(/^\|-+\|-+\|$/m);
  return [...table.matchAll(/^\| ([^|*]+?) \| [^|]+ \|$/gm)]
    .map((row) => row[1] ?? '')
    .filter((word) => /^[a-z]/.test(word));
}

/** How often each text holds one of the words, whole. */
export function hitsIn(texts: readonly string[], words: readonly string[]): number {
  const pattern = new RegExp(`\\b(?:${words.map((word) => word.replaceAll(' ', '\\s+')).join('|')})\\b`, 'giu');
  return texts.reduce((sum, text) => sum + [...text.matchAll(pattern)].length, 0);
}

/** Hits by folder; folders without any are left out. */
function wordHits(words: readonly string[]): Readonly<Record<string, number>> {
  const files = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...['docs', 'src', 'web/src'].flatMap(filesBelow)];
  const hits = new Map<string, number>();
  for (const file of files) {
    if (namesFormerWords.has(file)) continue;
    const code = readFileSync(join(root, file), 'utf8');
    const number = hitsIn(file.endsWith('.md') ? [code] : textsOf(code, file), words);
    if (number > 0) hits.set(folderOf(file), (hits.get(folderOf(file)) ?? 0) + number);
  }
  return Object.fromEntries([...hits].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => /\.(?:md|tsx?)$/.test(file) && !/\.(?:test|testing)\.ts$|\/testing\.ts$/.test(file))
    .filter((file) => statSync(join(root, file)).isFile());
}

/** `docs/how-to`, `src/policy`, `src/apps/cli`, `web/src/pages/access`. */
function folderOf(file: string): string {
  const parts = relative(root, join(root, file)).split('/').slice(0, -1);
  if (parts[0] === 'web') return parts.slice(0, 4).join('/');
  return parts.slice(0, parts[1] === 'apps' ? 3 : 2).join('/') || '.';
}

function main(): void {
  const hits = wordHits(avoidedWords());
  const limits: Readonly<Record<string, number>> = JSON.parse(readFileSync(limitsFile, 'utf8'));
  const over = Object.entries(hits).filter(([folder, number]) => number > (limits[folder] ?? 0));
  const total = Object.values(hits).reduce((sum, number) => sum + number, 0);
  console.log(
    `${total} words to avoid in texts (docs/language.md); ${Object.values(limits).reduce((a, b) => a + b, 0)} allowed.`,
  );
  for (const [folder, number] of over)
    console.error(`${folder}: ${number} words to avoid, at most ${limits[folder] ?? 0} allowed`);
  if (over.length > 0) process.exitCode = 1;
  else if (process.argv.includes('--write')) writeFileSync(limitsFile, `${JSON.stringify(hits, undefined, 2)}\n`);
}

if (import.meta.main) main();
