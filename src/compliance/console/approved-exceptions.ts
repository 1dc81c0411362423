import type { Queries } from '#store/index.ts';
import type { HeldException } from '../exception.ts';
import { complianceSchema } from './schema.ts';

/** An approved exception, and the subjects that it speaks for. */
export interface ScopedException extends HeldException {
  readonly name?: string;
  readonly images?: readonly string[];
  readonly collections?: readonly string[];
}

/** Approved exceptions that have not run out. */
export async function readApproved(queries: Queries, now: Date): Promise<readonly ScopedException[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('exception')
    .select(['id', 'check_id', 'named_values', 'name', 'images', 'collections', 'expires_at'])
    .where('state', '=', 'approved')
    .where('expires_at', '>', now)
    .orderBy('id')
    .execute();
  return rows.map(({ id, check_id, named_values, name, images, collections, expires_at }) => ({
    id,
    check: check_id,
    values: named_values,
    expiresAt: expires_at,
    ...(name !== null && { name }),
    ...(images !== null && { images }),
    ...(collections !== null && { collections }),
  }));
}
