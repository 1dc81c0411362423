import type { Catalog } from '#catalog/index.ts';
import { imageDocumentOf } from '#compliance/index.ts';
import type { Subject } from '#image/index.ts';
import type { PolicyFacts } from './facts.ts';
import { documentChecks } from './policy-image.ts';

/** What checks judge a subject by, from its catalog. */
export function imageChecks(subject: Subject, catalog: Catalog): Pick<PolicyFacts, 'checks'> {
  return documentChecks(subject, subject.kind === 'image' ? imageDocumentOf(catalog) : undefined);
}
