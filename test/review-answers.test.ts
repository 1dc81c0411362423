import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/review-answers.md'), 'utf8');

/** A row of a table of the page: `| id | point | answer |`. */
interface Row {
  readonly id: string;
  readonly point: string;
  readonly answer: string;
}

const rows: readonly Row[] = [...page.matchAll(/^\| (?!id |-)([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, id = '', point = '', answer = '']) => ({ id: id.trim(), point: point.trim(), answer: answer.trim() }),
);
/** Tests that an answer names: `file` › title, the title in quotes. */
const testsOf = ({ answer }: Row): readonly (readonly [file: string, title: string])[] =>
  [...answer.matchAll(/`([^`]+\.test\.tsx?)` “([^”]+)”/g)].map(([, file = '', title = '']) => [file, title]);
const picturesOf = ({ answer }: Row): readonly string[] =>
  [...answer.matchAll(/\]\((pictures\/[^)]+)\)/g)].map(([, path = '']) => path);

/** Every point: pages 1–27, code C1–C9, sentences S1–S8. Rows of the other tables have one id each, too. */
const asked: readonly string[] = [
  ...range(27).map((number) => `P${number}`),
  ...range(9).map((number) => `C${number}`),
  ...range(8).map((number) => `S${number}`),
  ...range(18).map((number) => `W${number}`),
  ...range(30).map((number) => `N${number}`),
  ...range(5).map((number) => `K${number}`),
];

function range(last: number): readonly number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}

describe('the answers to the review', () => {
  test('cover every point once', () => {
    expect(rows.map(({ id }) => id).toSorted()).toEqual(asked.toSorted());
  });

  test.each(rows)('$id is held by tests or pictures that exist, or has an answer in words', (row) => {
    const [tests, pictures] = [testsOf(row), picturesOf(row)];
    if (tests.length + pictures.length === 0) expect(row.answer).toMatch(/^Answer: .{40,}/);
    for (const [file, title] of tests) expect(isTitle(file, title), `${file} “${title}”`).toBe(true);
    for (const path of pictures) expect(existsSync(join(root, 'docs', path)), path).toBe(true);
    // No test is named without its title.
    expect(row.answer.match(/\.test\.tsx?`/g)?.length ?? 0).toBe(tests.length);
  });
});

/** Whether a test of this file has exactly this title. */
function isTitle(file: string, title: string): boolean {
  const path = join(root, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return ["'", '"', '`'].some(
    (quote) => text.includes(`(${quote}${title}${quote}, `) || isBroken(text, quote + title + quote),
  );
}

/** The title on a line of its own, where the formatter broke the call. */
function isBroken(text: string, quoted: string): boolean {
  return text.split('\n').some((line) => line.trim() === `${quoted},`);
}
