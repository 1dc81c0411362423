import { expect, test } from 'vitest';
import { known } from '#base/index.ts';
import { documentText } from './document.ts';
import { boundedText, imageDocumentOf } from './image-document.ts';

test('a scan of before has no document', () => {
  expect(imageDocumentOf({ packages: [], faults: [], analyzers: [] })).toBeUndefined();
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
