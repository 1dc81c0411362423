import type { Catalog } from '#catalog/index.ts';
import {
  type About,
  assessDocuments,
  checks,
  imageDocumentOf,
  type KeptDocument,
  scanDocument,
  type SubjectKind,
} from '#compliance/index.ts';
import type { Answer } from './report.ts';

/** What all checks of a kind of subject say of one, by the texts of its documents. */
export function answersOf(kind: SubjectKind, documents: readonly KeptDocument[], now: Date): readonly Answer[] {
  const about = new Map(checks[kind].map((check: About) => [check.id, check]));
  return assessDocuments(kind, documents, { now, lists: {} }).flatMap((result): readonly Answer[] => {
    const check = about.get(result.id);
    return check === undefined ? [] : [{ check, result }];
  });
}

/** What all checks say of a scanned image; `undefined` of what is none. */
export function answersOfScan(catalog: Catalog, now: Date): readonly Answer[] | undefined {
  const text = imageDocumentOf(catalog);
  return text === undefined ? undefined : answersOf('image', [{ kind: scanDocument, text }], now);
}
