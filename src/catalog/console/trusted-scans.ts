import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { ScanOfSubject } from './facts.ts';
import { catalogSchema } from './schema.ts';
import { isTrusted, type Place, type Witness } from './witness.ts';

/** An image that is to come to a place, by the digest of its config, manifest or index. */
export interface ComingImage {
  readonly digest: string;
  readonly place: Place;
}

interface Row {
  readonly scan: ScanId;
  readonly subject: SubjectId;
  readonly witness: Witness;
  readonly aliases: readonly string[];
}

/**
 * For each image the scans that speak for it at its place, although it does not lie there yet: of each subject that a
 * witness trusted there found under the digest, the newest scan of a witness trusted there. An index names several
 * subjects, one for each platform. Images of which nobody trusted knows anything have none.
 */
export async function readTrustedScans(
  queries: Queries,
  images: readonly ComingImage[],
): Promise<readonly (readonly ScanOfSubject[])[]> {
  if (images.length === 0) return [];
  const rows = await scansNamed(
    queries,
    images.map(({ digest }) => digest),
  );
  return images.map(({ digest, place }) => {
    const trusted = rows.filter(({ witness, subject }) => isTrusted(witness, subject, [place]));
    const named = trusted.filter(({ subject, aliases }) => subject === digest || aliases.includes(digest));
    return [...new Set(named.map(({ subject }) => subject))].flatMap((subject) => {
      const newest = trusted.find((row) => row.subject === subject);
      return newest === undefined ? [] : [{ scan: newest.scan, subject }];
    });
  });
}

/** All that witnesses said last of each subject that anybody found under one of the digests, newest first. */
async function scansNamed(queries: Queries, digests: readonly string[]): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select id as scan, subject, witness, aliases from (
      select distinct on (subject, witness::text, aliases) id, subject, witness, aliases, sequence from catalog.scan
      where subject in (
        select subject from catalog.scan
        where aliases && ${digests}::text[] or subject = any(${digests}::text[])
      )
      order by subject, witness::text, aliases, sequence desc
    ) as newest order by sequence desc`.execute(queries.query(catalogSchema));
  return rows;
}
