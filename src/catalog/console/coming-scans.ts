import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { readCountingScans } from './counting.ts';
import type { ScanOfSubject } from './facts.ts';
import { catalogSchema } from './schema.ts';

/** An image that is to come to an environment, by the digest of its config, manifest or index. */
export interface ComingImage {
  readonly digest: string;
  /** Missing: none. */
  readonly environment?: string;
}

/**
 * For each image the scans that count where it is to start. Where it does not lie yet, these are the console's own and
 * those whose origin is proven. An index names several subjects, one for each platform; all scans of each are given.
 */
export async function readComingScans(
  queries: Queries,
  images: readonly ComingImage[],
): Promise<readonly (readonly ScanOfSubject[])[]> {
  if (images.length === 0) return [];
  const digests = [...new Set(images.map(({ digest }) => digest))];
  const subjects = await subjectsCalled(queries, digests);
  const counting = await readCountingScans(queries, [...new Set([...subjects.values()].flat())]);
  return images.map(({ digest, environment = '' }) =>
    (subjects.get(digest) ?? []).flatMap((subject) => {
      const rows = counting.get(subject) ?? [];
      const here = rows.filter((row) => row.environment === environment || row.environment === '*');
      const counts = here.length > 0 ? here : rows.filter((row) => row.environment === '+');
      return counts.map(({ scan }) => ({ scan, subject }));
    }),
  );
}

async function subjectsCalled(
  queries: Queries,
  digests: readonly string[],
): Promise<ReadonlyMap<string, readonly SubjectId[]>> {
  const { rows } = await sql<{ digest: string; subject: SubjectId }>`
    select id as digest, id as subject from catalog.subject where id = any(${digests}::text[])
    union select digest, subject from catalog.alias where digest = any(${digests}::text[])
    order by digest, subject`.execute(queries.query(catalogSchema));
  const byDigest = Map.groupBy(rows, ({ digest }) => digest);
  return new Map([...byDigest].map(([digest, own]) => [digest, own.map(({ subject }) => subject)]));
}
