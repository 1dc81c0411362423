import type { Subject } from '#image/index.ts';
import { packJson, unpackJson } from '#store/packed-json.ts';
import type { Catalog } from '../contract.ts';

/** What a scan row holds besides its columns. */
export interface ScanDocument {
  readonly subject: Subject;
  readonly catalog: Catalog;
}

/** Raised when stored documents change their shape; older ones are then converted where they are read. */
const format = 1;

export async function packDocument(document: ScanDocument): Promise<Buffer> {
  return await packJson({ format, ...document });
}

/** Reads what `packDocument` wrote. Its content passed the contract when it came in, so only the frame is checked again. */
export async function unpackDocument(bytes: Uint8Array): Promise<ScanDocument> {
  const parsed = await unpackJson(bytes);
  if (!isDocument(parsed)) throw new Error('A stored scan document has a shape that this version does not read.');
  return { subject: parsed.subject, catalog: parsed.catalog };
}

function isDocument(parsed: unknown): parsed is ScanDocument {
  if (typeof parsed !== 'object' || parsed === null) return false;
  if (!('format' in parsed) || parsed.format !== format) return false;
  return 'subject' in parsed && 'catalog' in parsed && isCatalogFrame(parsed.catalog);
}

function isCatalogFrame(catalog: unknown): boolean {
  if (typeof catalog !== 'object' || catalog === null) return false;
  return (
    'packages' in catalog && Array.isArray(catalog.packages) && 'faults' in catalog && Array.isArray(catalog.faults)
  );
}
