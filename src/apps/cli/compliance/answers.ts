import {
  type About,
  assessDocuments,
  type Check,
  checks,
  type KeptDocument,
  scanDocument,
  type SubjectKind,
  type UntypedFacts,
} from '#compliance/index.ts';
import type { Answer } from './report.ts';

interface Judging {
  readonly now: Date;
  /** Checks that were written at a console; missing: none. */
  readonly custom?: readonly Check<UntypedFacts>[];
}

/** What all checks of a kind of subject say of one, by the texts of its documents. */
export function answersOf(
  kind: SubjectKind,
  documents: readonly KeptDocument[],
  { now, custom = [] }: Judging,
): readonly Answer[] {
  const about = new Map([...checks[kind], ...custom].map((check: About) => [check.id, check]));
  return assessDocuments(kind, documents, { now, lists: {}, custom }).flatMap((result): readonly Answer[] => {
    const check = about.get(result.id);
    return check === undefined ? [] : [{ check, result }];
  });
}

/** What all checks say of an image, by the document that `imageDocumentOf` makes of its scan; `undefined` of what is none. */
export function answersOfDocument(text: string | undefined, judging: Judging): readonly Answer[] | undefined {
  return text === undefined ? undefined : answersOf('image', [{ kind: scanDocument, text }], judging);
}
