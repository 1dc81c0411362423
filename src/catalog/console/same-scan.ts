import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { repositoryOf } from '#access/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { DocumentOfSubject, SameScan } from '../contract.ts';
import { sharedSubject } from '../document-digest.ts';
import type { NewScan } from './publish.ts';
import { publisherKey } from '../publisher-key.ts';
import { catalogSchema } from './schema.ts';

/** Which of these documents no scan of their subject has; for who is no agent, no scan of his own. */
export async function lackingDocuments(
  queries: Queries,
  documents: readonly DocumentOfSubject[],
  principal: Principal | undefined,
): Promise<readonly string[]> {
  if (principal === undefined) return documents.map(({ digest }) => digest);
  const asker = principal.kind === 'agent' ? null : publisherKey(principal);
  const { rows } = await sql<{ subject: SubjectId; digest: string }>`
    select distinct subject, content_digest as digest from catalog.scan
    where content_digest = any(${documents.map(({ digest }) => digest)}::text[])
      and (${asker}::text is null or witness_key = ${asker})`.execute(queries.query(catalogSchema));
  const known = new Set(rows.map(({ subject, digest }) => `${subject} ${digest}`));
  return documents.filter(({ subject, digest }) => !known.has(`${subject} ${digest}`)).map(({ digest }) => digest);
}

/** A scan like the stored one that found the same, as its publisher calls the image; `undefined` when there is none. */
export async function scanLike(queries: Queries, same: SameScan): Promise<Omit<NewScan, 'publisher'> | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .innerJoin('subject', 'subject.id', 'scan.subject')
    .select(['kind', 'described', 'analyzers', 'packages', 'faults', 'contents', 'whole', 'layers'])
    .where('subject', '=', same.subject)
    .where('content_digest', '=', same.digest)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || row.described === null || row.contents === null || row.whole === null) return undefined;
  const { names = [], manifestDigest, indexDigest } = same;
  const described =
    row.described.kind === 'image'
      ? {
          ...sharedSubject(row.described),
          names,
          manifestDigest,
          indexDigest,
        }
      : row.described;
  return {
    subject: same.subject,
    kind: row.kind,
    digest: same.digest,
    columns: {
      target: same.target,
      scanned_at: new Date(same.scannedAt),
      scanner: JSON.stringify(same.scanner),
      job: null,
      job_name: null,
      application: null,
      described: JSON.stringify(described),
      repositories: [...new Set(names.map(repositoryOf))],
      aliases: [manifestDigest, indexDigest].filter((digest) => digest !== undefined),
      analyzers: JSON.stringify(row.analyzers),
      packages: row.packages,
      faults: row.faults,
      contents: JSON.stringify(row.contents),
      whole: row.whole,
      layers: row.layers,
    },
  };
}
