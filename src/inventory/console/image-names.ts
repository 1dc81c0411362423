import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { inventorySchema } from './schema.ts';

/** As many names of one image as are told. */
const mostNames = 1000;

/** All names that engines give an image, with tag or digest, `registry/app@sha256:…` first. They prove nothing. */
export async function readImageNames(queries: Queries, subject: SubjectId): Promise<readonly string[]> {
  const rows = await queries
    .query(inventorySchema)
    .selectFrom('image')
    .select(['names', 'repo_digests'])
    .where('subject', '=', subject)
    .where('gone_at', 'is', null)
    .execute();
  const all = [...rows.flatMap((row) => row.repo_digests), ...rows.flatMap((row) => row.names)];
  return [...new Set(all)].slice(0, mostNames);
}
