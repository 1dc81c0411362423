import { describe, expect, test } from 'vitest';
import { shapeOf, textsOf } from './syntax.ts';
import { avoidedWords, hitsIn } from './word-hits.ts';

describe('words alone', () => {
  const code =
    "import { a } from './a.ts';\n/** One. */\nexport const said = (n: number) => `${n} told` + a('told', n, 3);\n";
  test.each([
    ['another text', code.replaceAll('told', 'reported'), true],
    ['another comment', code.replace('One.', 'Two.'), true],
    ['another module', code.replace('./a.ts', './b.ts'), false],
    ['another number', code.replace('3', '4'), false],
    ['another name', code.replaceAll('said', 'told'), false],
    ['a further part of a template', code.replace('${n} told', '${n}${n} told'), false],
    ['another type', code.replace(': number', ': string'), false],
  ])('%s: the shape stays: %3$s', (_, changed, stays) => {
    expect(shapeOf(changed, 'x.ts') === shapeOf(code, 'x.ts')).toBe(stays);
  });

  test('texts are strings, templates and what stands between tags, and no module', () => {
    expect(textsOf(code, 'x.ts').filter(Boolean)).toEqual([' told', 'told']);
    expect(textsOf('export const x = <p title="a">b {1n}</p>;', 'x.tsx').filter(Boolean)).toEqual(['a', 'b ']);
  });
});

test('a word to avoid counts whole, in any case, also over two lines', () => {
  expect(hitsIn(['Told that it holds\n for all; untold flawless'], ['told', 'holds for', 'flaw'])).toBe(2);
  expect(avoidedWords()).toEqual(expect.arrayContaining(['flaw', 'told', 'holds for', 'graveyard', 'let run']));
  expect(avoidedWords()).not.toContain('word');
});
