import { type Field, missing } from '#base/index.ts';
import { type Catalog, imageFactsOfKept } from '#catalog/index.ts';
import { longestDocument } from './contract-words.ts';
import { documentText, type Fields } from './document.ts';

/** Kind of the document that a scan gives of an image. */
export const scanDocument = 'scan';

/**
 * The document that checks judge an image by, as its scan tells it; `undefined` for a scan that is older than facts for
 * checks, and for what is no image.
 */
export function imageDocumentOf(catalog: Catalog): string | undefined {
  const fields = imageFactsOfKept(catalog);
  return fields && boundedText(fields, longestDocument);
}

/** The text of fields, the longest of them left out until it is short enough. Checks that need those are not assessed. */
export function boundedText(fields: Fields, longest: number): string {
  const text = documentText(fields);
  if (text.length <= longest) return text;
  const sizes = Object.entries(fields).map(([name, field]) => [name, JSON.stringify(field).length] as const);
  const [largest] = sizes.toSorted(([, left], [, right]) => right - left);
  if (largest === undefined || isLeftOut(fields[largest[0]])) return text;
  return boundedText({ ...fields, [largest[0]]: leftOut }, longest);
}

const leftOut = missing('the image has more of it than a document holds');

function isLeftOut(field: Field<unknown> | undefined): boolean {
  return field === undefined || field.kind === 'missing';
}
