import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { ProvenPlace } from '../contract.ts';
import { readProvenance } from './proofs.ts';

/** Manifests of an image that this console fetched from registries that are trusted now. */
export async function readOrigins(queries: Queries, subject: SubjectId): Promise<readonly ProvenPlace[]> {
  const { origin } = (await readProvenance(queries, [{ subject }]))({ subject }).provenance;
  return origin.state === 'proven' ? origin.places : [];
}
