import { sql } from 'kysely';
import { repositoryOf } from '#access/index.ts';
import type { Queries } from '#store/index.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** Digests that are told of one name. */
const mostReported = 20;

/**
 * Digests under which hosts pulled the images that they call by a name with a tag, `docker.io/library/nginx:1.29`; a
 * hint for people: neither name nor digest is proven by it. Names of which no host knows one are missing.
 */
export async function digestsNamed(
  queries: Queries,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const spellings = new Map(names.flatMap((name) => spellingsOf(name).map((spelling) => [spelling, name])));
  const { rows } = await sql<{ names: readonly string[]; digests: readonly string[] }>`
    select distinct names, repo_digests as digests from inventory.image
    where gone_at is null and ${reportedNow('image')} and names && ${[...spellings.keys()]}::text[]`.execute(
    queries.query(inventorySchema),
  );
  const found = rows.flatMap((row) =>
    row.names.flatMap((spelling) => {
      const name = spellings.get(spelling);
      return name === undefined ? [] : digestsOf(row.digests, name).map((digest) => ({ name, digest }));
    }),
  );
  const byName = Map.groupBy(found, ({ name }) => name);
  return new Map(
    [...byName].map(([name, reported]) => [
      name,
      [...new Set(reported.map(({ digest }) => digest))].slice(0, mostReported),
    ]),
  );
}

/** Of the same repository. */
function digestsOf(repoDigests: readonly string[], name: string): readonly string[] {
  return repoDigests
    .filter((one) => repositoryOf(one) === repositoryOf(name))
    .flatMap((one) => /@(sha256:[0-9a-f]{64})$/.exec(one)?.[1] ?? []);
}

/** As engines shorten it. */
function spellingsOf(name: string): readonly string[] {
  const short = name.replace(/^docker\.io\//, '');
  return [...new Set([name, short, short === name ? name : short.replace(/^library\//, '')])];
}
