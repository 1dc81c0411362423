import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { shapeOf } from './syntax.ts';

/** `node tools/words-only.ts [COMMIT]`: whether a commit changes words alone: comments, texts and pages in Markdown. */

const root = join(import.meta.dirname, '..');
const [commit = 'HEAD'] = process.argv.slice(2);

const changed = git('diff', '--name-only', '--no-renames', `${commit}^`, commit).split('\n').filter(Boolean);
const others = changed.filter((file) => !isWordsOnly(file));
for (const file of others) console.error(`${file}: more than words changed`);
console.log(`${changed.length - others.length} of ${changed.length} files changed in words alone.`);
process.exitCode = others.length > 0 ? 1 : 0;

function isWordsOnly(file: string): boolean {
  if (file.endsWith('.md')) return true;
  if (!/\.tsx?$/.test(file)) return false;
  const [before, after] = [contentAt(`${commit}^`, file), contentAt(commit, file)];
  return before !== undefined && after !== undefined && shapeOf(before, file) === shapeOf(after, file);
}

/** `undefined`: it is not there. */
function contentAt(at: string, file: string): string | undefined {
  try {
    return git('show', `${at}:${file}`);
  } catch {
    return undefined;
  }
}

function git(...words: readonly string[]): string {
  return execFileSync('git', ['-C', root, ...words], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
