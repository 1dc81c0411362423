import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { Queries } from '#store/index.ts';
import { catalogSchema } from './schema.ts';

/** Where an image may come from, as whoever published it says; it proves nothing. */
export interface PublishedHints {
  readonly names: readonly string[];
  /** Digests of manifests and indexes. */
  readonly manifests: readonly string[];
}

/** Publications that are read, the newest of each publisher. */
const mostPublishers = 16;

/** What tokens say of where an image lies: asked in trusted registries, it makes the origin of what they publish known. */
export async function publishedHints(queries: Queries, subject: SubjectId): Promise<PublishedHints> {
  const { rows } = await sql<{
    described: Subject | null;
    repositories: readonly string[];
    aliases: readonly string[];
  }>`
    select described, repositories, aliases from (
      select distinct on (witness_key) described, repositories, aliases, sequence from catalog.scan
      where subject = ${subject} and witness_key like 'token %' order by witness_key, sequence desc
    ) as newest order by sequence limit ${mostPublishers}`.execute(queries.query(catalogSchema));
  return {
    names: [
      ...new Set(
        rows.flatMap(({ described, repositories }) => (described?.kind === 'image' ? described.names : repositories)),
      ),
    ],
    manifests: [...new Set(rows.flatMap(({ aliases }) => aliases))],
  };
}
