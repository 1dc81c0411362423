import { expect, test } from 'vitest';
import { imageDocumentOf } from './image-document.ts';

test('a scan of before has no document', () => {
  expect(imageDocumentOf({ packages: [], faults: [], analyzers: [] })).toBeUndefined();
});
