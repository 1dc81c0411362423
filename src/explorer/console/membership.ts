import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Collection } from '#access/contract.ts';
import { isInCollection, type Selectable } from '#access/index.ts';
import type { Transaction } from '#store/index.ts';
import type { ApplicationRow } from '../contract.ts';
import { applicationKey } from './application-key.ts';
import { firstWritten } from './application-names.ts';
import { explorerSchema } from './schema.ts';
import { storableJson } from './search.ts';
import type { PlacedOnHost } from './sources.ts';
import type { ImageTable } from './tables.ts';

/** What of an image's own row collections may ask for. */
type Named = Pick<ImageTable, 'own_names' | 'application'> & { readonly labels: Readonly<Record<string, string>> };

/** What collections may select of a subject: it on each host, in each container, or by itself when it lies nowhere. Pure. */
export function selectablesOf(image: Named | undefined, placements: readonly PlacedOnHost[]): readonly Selectable[] {
  const labels = image?.labels ?? {};
  const built = image?.application ?? undefined;
  if (placements.length === 0) {
    return image === undefined ? [] : [{ images: image.own_names, labels, ...optional('application', built) }];
  }
  return placements.flatMap(({ host, environment, names, containers }) => {
    const images = names.length > 0 ? names : (image?.own_names ?? []);
    const here = { images, labels, host, ...optional('environment', environment) };
    const running = containers.map((container) => ({
      ...here,
      labels: { ...labels, ...container.labels },
      ...optional('environment', container.environment),
      ...optional('application', container.application),
    }));
    return [here, ...running];
  });
}

function optional<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, string>);
}

interface Membership {
  readonly subject: SubjectId;
  readonly selectables: readonly Selectable[];
  readonly collections: readonly Collection[];
  readonly placements: readonly PlacedOnHost[];
  readonly built: string | null;
}

/** Writes which collections and applications a subject belongs to. */
export async function saveMembership(transaction: Transaction, membership: Membership): Promise<void> {
  const { subject, selectables, collections } = membership;
  const database = transaction.query(explorerSchema);
  const different = [...new Map(selectables.map((one) => [storableJson(one), one])).values()];
  const text = storableJson(different);
  await database
    .insertInto('subject_selectable')
    .values({ subject, selectables: text })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet({ selectables: text }))
    .execute();
  const holding = collections.filter((one) => different.some((selectable) => isInCollection(one, selectable)));
  await saveCollectionsOf(
    transaction,
    subject,
    holding.map((one) => one.id),
  );
  await saveApplications(transaction, subject, applicationsOf(membership, holding));
}

export async function saveCollectionsOf(
  transaction: Transaction,
  subject: SubjectId,
  collections: readonly string[],
): Promise<void> {
  await sql`
    with wanted as (select unnest(${collections}::text[]) as collection),
    gone as (
      delete from explorer.collection_subject where subject = ${subject}
        and collection not in (select collection from wanted))
    insert into explorer.collection_subject (collection, subject) select collection, ${subject} from wanted
    on conflict do nothing`.execute(transaction.query(explorerSchema));
}

interface Application {
  readonly name: string;
  readonly origin: ApplicationRow['from'];
}

/** The first that says so gives the origin: containers, then the build, then collections. Pure. */
export function applicationsOf(
  { placements, built }: Pick<Membership, 'placements' | 'built'>,
  holding: readonly Collection[],
): readonly Application[] {
  const running = placements.flatMap(({ containers }) =>
    containers.flatMap(({ application, applicationFrom }): readonly Application[] =>
      application === undefined ? [] : [{ name: application, origin: applicationFrom ?? 'label' }],
    ),
  );
  const all: readonly Application[] = [
    ...running,
    ...(built === null ? [] : [{ name: built, origin: 'build' as const }]),
    ...holding.filter(isApplication).map(({ name }) => ({ name, origin: 'collection' as const })),
  ];
  const found = new Map<string, Application>();
  for (const one of all) if (!found.has(applicationKey(one.name))) found.set(applicationKey(one.name), one);
  return [...found.values()];
}

/** A collection stands for an application when it says which images are its own, not just where. */
function isApplication({ selects }: Collection): boolean {
  return [selects.images, selects.repositories, selects.labels].some((patterns) => (patterns ?? []).length > 0);
}

export async function saveApplications(
  transaction: Transaction,
  subject: SubjectId,
  applications: readonly Application[],
): Promise<void> {
  const names = await firstWritten(
    transaction,
    applications.map(({ name }) => name),
  );
  const named = applications.map((one) => ({ ...one, name: names.get(applicationKey(one.name)) ?? one.name }));
  await sql`
    with wanted as (select * from jsonb_to_recordset(${storableJson(named)}::jsonb) as t (name text, origin text)),
    gone as (delete from explorer.application_row where subject = ${subject} and name not in (select name from wanted))
    insert into explorer.application_row as kept (name, subject, origin) select name, ${subject}, origin from wanted
    on conflict (name, subject) do update set origin = excluded.origin where kept is distinct from excluded`.execute(
    transaction.query(explorerSchema),
  );
}
