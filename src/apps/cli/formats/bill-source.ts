import type { Catalog } from '#catalog/index.ts';
import type { Subject } from '#image/index.ts';

/** What a bill of materials is made of. */
export interface BillSource {
  readonly target: string;
  readonly subject: Subject;
  readonly catalog: Catalog;
  /** When it was scanned, or what `SOURCE_DATE_EPOCH` says instead. */
  readonly moment: Date;
}
