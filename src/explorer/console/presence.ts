import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { searchText, storableJson } from './search.ts';
import { explorerSchema } from './schema.ts';
import type { ImageTable } from './tables.ts';

/** Columns of `image_row` that say where a subject lies and what it is called there. */
export type PlacedColumns = Pick<ImageTable, 'names' | 'hosts' | 'label' | 'name_search' | 'search'>;

type Described = Pick<ImageTable, 'subject' | 'own_names' | 'distribution'>;

interface Presence {
  readonly host: string;
  readonly names: readonly string[];
}

/** Names that hosts use now come before those of the scan. Pure. */
export function placedColumns(image: Described, presences: readonly Presence[]): PlacedColumns {
  const byHost = presences.toSorted((left, right) => (left.host < right.host ? -1 : 1));
  const names = [...new Set([...byHost.flatMap((presence) => presence.names), ...image.own_names])];
  const hosts = byHost.map((presence) => presence.host);
  const known = [...names, image.subject];
  return {
    names,
    hosts,
    label: names[0] ?? shortName(image.subject),
    name_search: searchText(known),
    search: searchText([...known, ...hosts, ...(image.distribution === null ? [] : [image.distribution])]),
  };
}

/** `sha256:` and twelve digits, as engines shorten a digest. */
function shortName(subject: SubjectId): string {
  return subject.startsWith('sha256:') ? subject.slice(0, 19) : subject;
}

/** Where a subject lies now, as far as hosts reported. */
export async function presencesOf(transaction: Transaction, subject: SubjectId): Promise<readonly Presence[]> {
  return await transaction
    .query(explorerSchema)
    .selectFrom('presence_row')
    .select(['host', 'names'])
    .where('subject', '=', subject)
    .execute();
}

/** Brings names and hosts of these subjects up to date; those without a row are left to their first scan. */
export async function placeSubjects(transaction: Transaction, subjects: readonly SubjectId[]): Promise<void> {
  const database = transaction.query(explorerSchema);
  const wanted = sql<SubjectId>`any(${subjects})`;
  const images = await database
    .selectFrom('image_row')
    .select(['subject', 'own_names', 'distribution'])
    .where('subject', '=', wanted)
    .execute();
  const presences = await database.selectFrom('presence_row').selectAll().where('subject', '=', wanted).execute();
  const bySubject = Map.groupBy(presences, (presence) => presence.subject);
  const rows = images.map((image) => ({
    subject: image.subject,
    ...placedColumns(image, bySubject.get(image.subject) ?? []),
  }));
  await sql`
    update explorer.image_row as image
    set names = placed.names, hosts = placed.hosts, label = placed.label,
      name_search = placed.name_search, search = placed.search
    from jsonb_to_recordset(${storableJson(rows)}::jsonb)
      as placed (subject text, names text[], hosts text[], label text, name_search text, search text)
    where image.subject = placed.subject`.execute(database);
}
