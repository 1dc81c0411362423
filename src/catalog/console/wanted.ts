import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Catalog } from '../contract.ts';
import { readCountingScans } from './counting.ts';
import { publisherKey } from '../publisher-key.ts';
import { catalogSchema } from './schema.ts';

/** Subjects to ask for in one statement. */
const subjectsAtOnce = 5_000;
/** Milliseconds after which a host that could not read an image tries again. */
const unreadPause = 6 * 60 * 60_000;

/** Who asks, and with which analyzers it would scan. */
export interface Asking {
  readonly principal: Principal | undefined;
  readonly analyzers: Catalog['analyzers'];
  readonly now: Date;
}

/**
 * Which of the subjects are still to be scanned, and every file system, since its content changes under the same name.
 * An agent scans each image that its host holds, unless the console pulled it by current analyzers. Who reads the whole
 * estate scans what nobody scanned by his analyzers. All others scan what they did not scan themselves: the answer tells
 * them nothing of what others have.
 */
export async function wantedScans(
  queries: Queries,
  subjects: readonly SubjectId[],
  asking: Asking,
): Promise<readonly SubjectId[]> {
  const all = [...new Set(subjects)];
  const images = all.filter((subject) => subject.startsWith('sha256:'));
  const known = new Set<SubjectId>();
  for (let at = 0; at < images.length; at += subjectsAtOnce) {
    const part = images.slice(at, at + subjectsAtOnce);
    for (const subject of await scannedOf(queries, part, asking)) known.add(subject);
  }
  return all.filter((subject) => !known.has(subject));
}

async function scannedOf(
  queries: Queries,
  subjects: readonly SubjectId[],
  asking: Asking,
): Promise<readonly SubjectId[]> {
  const { principal } = asking;
  if (principal === undefined) return [];
  if (!readsAll(principal)) {
    const own = await scannedBy(queries, subjects, { ...asking, principal });
    return principal.kind === 'agent' ? [...(await pulled(queries, subjects)), ...own] : own;
  }
  const wanted = analyzersKey(asking.analyzers);
  const newest = await newestScans(queries, subjects);
  return newest.filter(({ analyzers }) => analyzersKey(analyzers) === wanted).map(({ subject }) => subject);
}

function readsAll({ permissions, collections }: Principal): boolean {
  return permissions.includes('read') && collections === undefined;
}

async function pulled(queries: Queries, subjects: readonly SubjectId[]): Promise<readonly SubjectId[]> {
  const counting = await readCountingScans(queries, subjects);
  return [...counting].flatMap(([subject, rows]) =>
    rows.some(({ rank, why }) => rank === 3 && why === 'current') ? [subject] : [],
  );
}

interface Scanned {
  readonly subject: SubjectId;
  readonly analyzers: Catalog['analyzers'];
}

/** What somebody scanned himself, as well as he can. */
async function scannedBy(
  queries: Queries,
  subjects: readonly SubjectId[],
  { principal, analyzers, now }: Asking & { readonly principal: Principal },
): Promise<readonly SubjectId[]> {
  const { rows } = await sql<Scanned>`
    select distinct on (subject, analyzers::text) subject, analyzers from catalog.scan
    where subject = any(${subjects}::text[]) and witness_key = ${publisherKey(principal)}
      and (coalesce(whole, true) or received_at > ${new Date(now.getTime() - unreadPause)})
    order by subject, analyzers::text, sequence desc`.execute(queries.query(catalogSchema));
  const wanted = analyzersKey(analyzers);
  return rows.filter((row) => analyzersKey(row.analyzers) === wanted).map(({ subject }) => subject);
}

async function newestScans(queries: Queries, subjects: readonly SubjectId[]): Promise<readonly Scanned[]> {
  const { rows } = await sql<Scanned>`
    select distinct on (subject) subject, analyzers from catalog.scan
    where subject = any(${subjects}::text[]) order by subject, sequence desc`.execute(queries.query(catalogSchema));
  return rows;
}

/** Names the analyzers that read a subject, in any order. */
function analyzersKey(analyzers: Catalog['analyzers']): string {
  return analyzers
    .map(({ id, version }) => `${id} ${version}`)
    .toSorted()
    .join('\n');
}
