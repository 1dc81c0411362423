import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** As many lists of names as are told, and names of one. */
const mostLists = 100;
const mostNames = 200;

/**
 * What engines call an image, with tag or digest, `registry/app@sha256:…` first: one list for all hosts that say the same;
 * those of hosts that run it come first, then those that most hosts tell. They prove nothing.
 */
export async function readImageNames(queries: Queries, subject: SubjectId): Promise<readonly (readonly string[])[]> {
  const { rows } = await sql<{ readonly names: readonly string[]; readonly repo_digests: readonly string[] }>`
    select names, repo_digests from inventory.image
    where subject = ${subject} and gone_at is null and ${reportedNow('image')} and cardinality(names) + cardinality(repo_digests) > 0
    group by names, repo_digests
    order by bool_or(exists (
      select from inventory.container
      where container.host = image.host and container.subject = image.subject and container.up
        and ${reportedNow('container')}
    )) desc, count(*) desc, names, repo_digests
    limit ${mostLists}`.execute(queries.query(inventorySchema));
  return rows.map((row) => [...row.repo_digests, ...row.names].slice(0, mostNames));
}
