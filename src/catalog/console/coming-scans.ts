import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { everywhere } from './aliases.ts';
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
  const called = Map.groupBy(await readCalled(queries, digests), ({ digest }) => digest);
  const counting = await readCountingScans(queries, [
    ...new Set([...called.values()].flat().map(({ subject }) => subject)),
  ]);
  return images.map(({ digest, environment = '' }) =>
    subjectsCalled(called.get(digest) ?? [], environment).flatMap((subject) => {
      const rows = counting.get(subject) ?? [];
      const here = rows.filter((row) => row.environment === environment || row.environment === '*');
      const counts = here.length > 0 ? here : rows.filter((row) => row.environment === '+');
      return counts.map(({ scan }) => ({ scan, subject }));
    }),
  );
}

interface Called {
  readonly digest: string;
  readonly subject: SubjectId;
  readonly environment: string;
}

async function readCalled(queries: Queries, digests: readonly string[]): Promise<readonly Called[]> {
  const { rows } = await sql<Called>`
    select id as digest, id as subject, ${everywhere} as environment from catalog.subject
    where id = any(${digests}::text[])
    union select digest, subject, environment from catalog.alias where digest = any(${digests}::text[])
    order by digest, subject`.execute(queries.query(catalogSchema));
  return rows;
}

/** What this console read decides alone; else what hosts of the environment say that they hold under the digest. */
function subjectsCalled(called: readonly Called[], environment: string): readonly SubjectId[] {
  const read = called.filter((one) => one.environment === everywhere);
  const known = read.length > 0 ? read : called.filter((one) => one.environment === environment);
  return [...new Set(known.map(({ subject }) => subject))];
}
