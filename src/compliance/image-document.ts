import { type Catalog, imageFactsOfKept } from '#catalog/index.ts';
import { longestDocument } from './contract-words.ts';
import { boundedText } from './document.ts';

/**
 * The document that checks judge an image by, as its scan tells it; `undefined` for a scan that is older than facts for
 * checks, and for what is no image.
 */
export function imageDocumentOf(catalog: Catalog): string | undefined {
  const fields = imageFactsOfKept(catalog);
  return fields && boundedText(fields, longestDocument);
}
