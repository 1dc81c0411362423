import type { ScanId, SubjectId } from '#base/index.ts';
import { fact } from '#store/index.ts';

/** A scan and what it is of; most facts carry just this. */
export interface ScanOfSubject {
  readonly scan: ScanId;
  readonly subject: SubjectId;
}

/** A publication was stored as a new scan record. */
export const catalogStored = fact<ScanOfSubject>('catalog-stored');
