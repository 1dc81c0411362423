import type { SubjectId } from '#base/index.ts';
import { fact } from '#store/index.ts';

/** What is proven of where an image comes from is another. */
export const provenanceChanged = fact<{ readonly subject: SubjectId }>('provenance-changed');

/** A trusted registry, a signing key or an approved base was saved or removed. */
export const trustChanged = fact<{ readonly id: string }>('trust-changed');
