import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childNamed, elementsNamed, readXml } from './xml.ts';

const text =
  '\ufeff<?xml version="1.0"?><a:list xmlns:a="urn:x"><one n="1">  x<!-- no -->y<![CDATA[&]]> </one><one/></a:list>';

describe('XML', () => {
  test('is a tree of elements', () => {
    const list = readXml(text);
    if (typeof list === 'string') expect.fail(list);
    expect(list).toMatchObject({ name: 'list', children: [{ attributes: { n: '1' }, text: 'xy&' }, { text: '' }] });
    expect(elementsNamed(list, 'one')).toEqual(list.children);
    expect(childNamed(list, 'one')).toBe(list.children[0]);
    expect(childNamed(list, 'two')).toBeUndefined();
  });

  test('keeps entities that it does not know', () => {
    expect(readXml('<!DOCTYPE a SYSTEM "a.dtd"><a b="&lt;&x;">S&oslash;ren &amp; Co</a>')).toMatchObject({
      attributes: { b: '<&x;' },
      text: 'S&oslash;ren & Co',
    });
  });

  test('may name a document type', () => {
    expect(readXml('<!DOCTYPE a SYSTEM "a.dtd"><a/>')).toMatchObject({ name: 'a' });
  });

  test.each([
    ['nothing', '', 'it is not well-formed XML'],
    ['text alone', 'x', 'it is not well-formed XML'],
    ['an open element', '<a><b></a>', 'it is not well-formed XML'],
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'it defines a document type'],
    ['what is no entity', '<a>&x y</a>', 'it is not well-formed XML'],
    ['too many elements', `<a>${'<b/>'.repeat(200_000)}</a>`, 'it has more than 200000 elements'],
    ['too many levels', '<a>'.repeat(101), 'it is nested deeper than 100 levels'],
    ['too much', ' '.repeat(32 * 1024 ** 2 + 1), 'it is longer than'],
  ])('with %s is not read', (_, content, why) => expect(readXml(content)).toContain(why));

  test('that is damaged never throws', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 5 }), (at, cut, put) => {
        readXml(text.slice(0, at) + put + text.slice(at + cut));
      }),
      { numRuns: 200 },
    );
  });
});
