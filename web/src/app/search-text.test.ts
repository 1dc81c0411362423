import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, parseSearch, stringifySearch, textOf, wordOf, yesOf } from './search-text.ts';

describe('search part of an address', () => {
  it('keeps any text over a round trip', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string({ minLength: 1 })), (search) => {
        expect(parseSearch(stringifySearch(search))).toEqual({ ...search });
      }),
    );
  });

  it('leaves out what was not chosen and stays readable', () => {
    expect(
      stringifySearch({ severity: undefined, search: '', layer: 0, package: '@scope/name', vulnerability: 'GHSA:1' }),
    ).toBe('?layer=0&package=@scope/name&vulnerability=GHSA:1');
    expect(stringifySearch({})).toBe('');
  });

  it('takes only what a page knows', () => {
    expect(wordOf('high', ['high', 'low'])).toBe('high');
    expect(wordOf('severe', ['high', 'low'])).toBeUndefined();
    expect(textOf('   ')).toBeUndefined();
    expect(textOf('x'.repeat(300))).toHaveLength(256);
    expect(countOf('12')).toBe(12);
    expect(countOf('-1')).toBeUndefined();
    expect(countOf('1e3')).toBeUndefined();
    expect(yesOf('yes')).toBe('yes');
    expect(yesOf('true')).toBeUndefined();
  });
});
