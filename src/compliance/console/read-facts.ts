import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { CheckSubjectKind } from '../contract.ts';
import { complianceSchema, type FactsDocument } from './schema.ts';

/** Documents that belong together. */
export interface FactsOfSubject {
  readonly id: string;
  /** Kind of the subject that they tell of. */
  readonly kind: CheckSubjectKind;
  readonly documents: readonly FactsDocument[];
}

/** Sets of documents by their ids; those that were pruned are missing. */
export async function readFacts(queries: Queries, ids: readonly string[]): Promise<readonly FactsOfSubject[]> {
  return await queries
    .query(complianceSchema)
    .selectFrom('facts')
    .select(['id', 'kind', 'documents'])
    .where('id', '=', sql<string>`any(${[...new Set(ids)]}::text[])`)
    .orderBy('id')
    .execute();
}

/** Redacted documents as they are kept, by their hashes; those that were pruned are missing. */
export async function readDocumentTexts(
  queries: Queries,
  hashes: readonly string[],
): Promise<readonly { readonly hash: string; readonly text: string }[]> {
  return await queries
    .query(complianceSchema)
    .selectFrom('document')
    .select(['hash', 'text'])
    .where('hash', '=', sql<string>`any(${[...new Set(hashes)]}::text[])`)
    .orderBy('hash')
    .execute();
}
