import { expect, test } from 'vitest';
import { byDefault, known, missing, partly } from '#base/index.ts';
import { boundedText, documentHash, documentText, readDocument } from './document.ts';

test('equal facts are equal texts, whatever the order of their keys', () => {
  const one = documentText({ b: known({ y: 1, x: [2, { d: 1, c: 2 }] }, 'B'), a: known(true, 'A') });
  const other = documentText({ a: known(true, 'A'), b: known({ x: [2, { c: 2, d: 1 }], y: 1 }, 'B') });
  expect(one).toBe(other);
  expect(documentHash(one)).toMatch(/^[0-9a-f]{64}$/);
});

test('what a kept text lacks, or what is no field, is missing', () => {
  const text = JSON.stringify({
    there: known(false, 'A'),
    absent: missing('a spec has none'),
    odd: { kind: 'known', value: 1 },
    bare: true,
    __proto__: known(true, 'B'),
  });
  const fields = readDocument(text, ['there', 'absent', 'odd', 'bare', 'gone', 'toString']);
  expect(fields['there']).toEqual(known(false, 'A'));
  expect(fields['absent']).toEqual(missing('a spec has none'));
  for (const name of ['odd', 'bare', 'gone', 'toString']) expect(fields[name], name).toMatchObject({ kind: 'missing' });
  expect(readDocument('null', ['there'])).toMatchObject({ there: { kind: 'missing' } });
});

test('a part of a fact is kept, and one of another form is no field', () => {
  const some = partly('it has too many', ['SYS_ADMIN'], '/proc');
  const text = JSON.stringify({ some, odd: { ...some, part: ['SYS_ADMIN'] }, bare: { ...some, part: { value: 1 } } });
  const fields = readDocument(text, ['some', 'odd', 'bare']);
  expect(fields['some']).toEqual(some);
  for (const name of ['odd', 'bare'])
    expect(fields[name], name).toMatchObject({ why: expect.stringContaining('earlier version') });
  const long = { a: partly('too many', 'x'.repeat(300), 'a'), b: known('y', 'b') };
  expect(JSON.parse(boundedText(long, 200)).a).toEqual(missing('there is more of it than a document holds'));
});

test('of a text that is no JSON everything is missing', () => {
  for (const text of ['', '{', '[1', 'constructor'])
    expect(readDocument(text, ['there']), text).toMatchObject({
      there: { kind: 'missing', why: 'its document cannot be read' },
    });
});

test('what makes a document too long is left out and said, the rest stays', () => {
  const fields = { a: known('x'.repeat(300), 'a'), b: known('y'.repeat(200), 'b'), c: known('z', 'c') };
  expect(boundedText(fields, 10_000)).toBe(documentText(fields));
  const some = JSON.parse(boundedText(fields, 400));
  expect([some.a.kind, some.b.kind, some.c.value]).toEqual(['missing', 'known', 'z']);
  expect(JSON.parse(boundedText(fields, 300)).b).toMatchObject({
    kind: 'missing',
    why: expect.stringContaining('more'),
  });
  expect(JSON.parse(boundedText(fields, 1)).c.kind).toBe('missing');
});

test('a field that several documents have is written once, and the same', () => {
  const shared = byDefault({ z: 1, a: undefined, 10: 'x', 9: ['"', { b: 2, a: null }] }, 'A "quoted"', 'engine');
  const written = new Map();
  const one = documentText({ b: shared, a: missing('of "none"'), c: known(undefined, 'C') }, written);
  expect(one).toBe(
    '{"a":{"kind":"missing","why":"of \\"none\\""},"b":{"at":"A \\"quoted\\"","default":"engine","kind":"known",' +
      '"value":{"9":["\\"",{"a":null,"b":2}],"10":"x","z":1}},"c":{"at":"C","kind":"known"}}',
  );
  written.set(shared, '"as it was written"');
  expect(documentText({ d: shared }, written)).toBe('{"d":"as it was written"}');
});
