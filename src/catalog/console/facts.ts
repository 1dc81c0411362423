import type { ScanId, SubjectId } from '#base/index.ts';
import { fact } from '#store/index.ts';

/** A scan and what it is of; most facts carry just this. */
export interface ScanOfSubject {
  readonly scan: ScanId;
  readonly subject: SubjectId;
}

/** A publication was stored as a new scan record. */
export const catalogStored = fact<ScanOfSubject>('catalog-stored');

/** Another scan speaks for the subject, or none does any more: then `scan` is the one that did. */
export const voiceChanged = fact<ScanOfSubject>('voice-changed');

/** Two witnesses reported different content of one image; once for each two contents. */
export const witnessesDisagree = fact<{ readonly subject: SubjectId }>('witnesses-disagree');

/** A scan was deleted because it is old and speaks for nothing. What others keep of it can go too. */
export const scanForgotten = fact<ScanOfSubject>('scan-forgotten');
