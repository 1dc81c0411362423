import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { readProvenance } from './proofs.ts';
import { provenanceSchema } from './schema.ts';

/** Images of one repository that are told, those that were looked at last. */
const mostOfOne = 100;

/**
 * Other images that are proven to come from a repository of a trusted registry from which each of these is proven to come,
 * by its digest: its newer and older versions. Those without a proof have none.
 */
export async function readSameRepository(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, readonly SubjectId[]>> {
  const own = await repositoriesOf(queries, subjects);
  const repositories = [...new Set([...own.values()].flat())];
  if (repositories.length === 0) return new Map();
  const { rows } = await sql<{ readonly subject: SubjectId }>`
    select subject from provenance.proof
    where exists (
      select from json_array_elements(stored->'provenance'->'origin'->'places') as place
      where place->>'repository' = any(${repositories}::text[]))
    order by looked_at desc, subject limit ${mostOfOne * repositories.length}`.execute(queries.query(provenanceSchema));
  const others = await repositoriesOf(
    queries,
    rows.map(({ subject }) => subject),
  );
  return new Map(
    [...own].map(([subject, places]) => [
      subject,
      [...others]
        .filter(([other, from]) => other !== subject && from.some((repository) => places.includes(repository)))
        .map(([other]) => other)
        .slice(0, mostOfOne),
    ]),
  );
}

/** By what is trusted now. */
async function repositoriesOf(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, readonly string[]>> {
  const provenanceOf = await readProvenance(
    queries,
    subjects.map((subject) => ({ subject })),
  );
  return new Map(
    subjects.flatMap((subject) => {
      const { origin } = provenanceOf({ subject }).provenance;
      return origin.state === 'proven' ? [[subject, origin.places.map(({ repository }) => repository)] as const] : [];
    }),
  );
}
