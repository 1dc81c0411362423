import { sql } from 'kysely';
import { fact, type Queries } from '#store/index.ts';
import { accessSchema } from './schema.ts';

/** What a token is worth now. An expired one counts for what it published in time. */
export type TokenWorth = 'counts' | 'revoked' | 'owner-lost';

/** A token was revoked, or what its owner may do has changed. */
export const tokenWorthChanged = fact<{ readonly token: string }>('token-worth-changed');

/** What tokens are worth; one that there is none of is revoked. */
export async function readTokenWorth(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TokenWorth>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .query(accessSchema)
    .selectFrom('token')
    .select('id')
    .where(sql<string>`id::text`, '=', sql<string>`any(${[...ids]}::text[])`)
    .execute();
  const known = new Set<string>(rows.map(({ id }) => id));
  return new Map(ids.map((id) => [id, known.has(id) ? 'counts' : 'revoked']));
}
