import type { ScanId, SubjectId } from '#base/index.ts';
import { fact } from '#store/index.ts';

/** A scan and what it is of; most facts carry just this. */
export interface ScanOfSubject {
  readonly scan: ScanId;
  readonly subject: SubjectId;
}

/** A publication was stored as a new scan record. */
export const catalogStored = fact<ScanOfSubject>('catalog-stored');

/** A scan counts in an environment where it did not, or is shown now. Where others only went, `scan` is one of them. */
export const countingScansChanged = fact<ScanOfSubject>('counting-scans-changed');

/** The scans of this subject are to be chosen again. */
export const countingOutdated = fact<{ readonly subject: SubjectId }>('counting-outdated');

/** What publishers found differently in one image is not what it was: a difference came, or one ended. */
export const publishersDiffer = fact<{ readonly subject: SubjectId }>('publishers-differ');

/** A scan was deleted because it is old and counts nowhere. What others keep of it can go too. */
export const scanForgotten = fact<ScanOfSubject>('scan-forgotten');
