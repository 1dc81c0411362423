import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countJson, type JsonLimits, openJsonCounter, parseJsonWithin } from './count-json.ts';

const wide: JsonLimits = { bytes: 1e9, tokens: 1e9, depth: 1e9 };

describe('counting JSON', () => {
  test.each([
    ['1', 0, 0],
    ['[]', 1, 1],
    ['[[],[]]', 4, 2],
    ['{"a":1,"b":[2,3]}', 6, 2],
    ['"[[[,,,:::"', 0, 0],
    ['["\\"[,",1]', 2, 1],
    ['["\\\\",[[]]]', 4, 3],
    ['{"ü[":"ü,"}', 2, 1],
    ['', 0, 0],
  ])('%s', (text, tokens, depth) => {
    expect(countJson(text, wide)).toEqual({ kind: 'within', tokens, depth });
    expect(countJson(Buffer.from(text), wide)).toEqual({ kind: 'within', tokens, depth });
  });

  test.each<[string, JsonLimits, keyof JsonLimits | undefined]>([
    ['[[1]]', { bytes: 5, tokens: 2, depth: 2 }, undefined],
    ['[[1]]', { bytes: 4, tokens: 2, depth: 2 }, 'bytes'],
    ['[[1]]', { bytes: 5, tokens: 1, depth: 2 }, 'tokens'],
    ['[[1]]', { bytes: 5, tokens: 2, depth: 1 }, 'depth'],
    ['[1,2]', { bytes: 5, tokens: 1, depth: 1 }, 'tokens'],
    ['{"a":1}', { bytes: 9, tokens: 1, depth: 1 }, 'tokens'],
  ])('%s within %j: over %s', (text, limits, what) => {
    expect(countJson(text, limits)).toMatchObject(
      what === undefined ? { kind: 'within' } : { kind: 'over', what, limit: limits[what] },
    );
  });

  test('counts at least the values and keys, and exactly the depth, of whatever JSON there is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const { members, depth } = measured(value);
        const count = countJson(text, wide);
        expect(count).toMatchObject({ depth });
        expect(count.kind === 'within' && count.tokens + 1).toBeGreaterThanOrEqual(members);
      }),
    );
  });

  test('counts the same in whatever parts it arrives', () => {
    const parts = fc.array(fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', 'ü', '1'), { maxLength: 60 });
    fc.assert(
      fc.property(parts, fc.nat(60), (signs, cut) => {
        const bytes = Buffer.from(signs.join(''));
        const counter = openJsonCounter(wide);
        counter.add(bytes.subarray(0, cut));
        expect(counter.add(bytes.subarray(cut))).toEqual(countJson(bytes, wide));
      }),
    );
  });

  test('stays over a limit', () => {
    const counter = openJsonCounter({ ...wide, depth: 1 });
    expect(counter.add('[[')).toMatchObject({ kind: 'over', what: 'depth' });
    expect(counter.add(']]')).toMatchObject({ kind: 'over', what: 'depth' });
  });
});

describe('parsing JSON within limits', () => {
  test('reads what is within', () =>
    expect(parseJsonWithin(Buffer.from('{"a":[1]}'), wide)).toEqual({ kind: 'read', value: { a: [1] } }));

  test.each([['{'], [''], ['﻿{}']])('%j is malformed', (text) =>
    expect(parseJsonWithin(Buffer.from(text), wide)).toMatchObject({ kind: 'malformed', why: 'it is not valid JSON' }),
  );

  test('refuses [], 20 million times without making anything of it', () => {
    const bomb = Buffer.from(`[${'[],'.repeat(20e6)}[]]`);
    const before = process.memoryUsage().rss;
    expect(parseJsonWithin(bomb, { bytes: 1e9, tokens: 1e6, depth: 64 })).toEqual({
      kind: 'over',
      what: 'tokens',
      limit: 1e6,
      why: 'it has more than 1000000 values and keys',
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(bomb.length / 2);
  });
});

/** Values and keys of what was parsed, and how deep it is. */
function measured(value: unknown): { readonly members: number; readonly depth: number } {
  if (typeof value !== 'object' || value === null) return { members: 1, depth: 0 };
  const inner = Object.values(value).map(measured);
  const keys = Array.isArray(value) ? 0 : inner.length;
  return {
    members: 1 + keys + inner.reduce((sum, { members }) => sum + members, 0),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
  };
}
