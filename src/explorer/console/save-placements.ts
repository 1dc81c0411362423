import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { applicationKey } from './application-key.ts';
import { firstWritten } from './application-names.ts';
import { placedColumns } from './image-columns.ts';
import { type ImageEnvironment } from './image-environment.ts';
import { explorerSchema } from './schema.ts';
import { storable, storableJson } from './search.ts';
import type { PlacedOnHost } from './sources.ts';
import type { ImageNumber, EnvironmentKey } from './tables.ts';

/** Writes on which hosts a subject lies and which containers run it, and names its row after that. */
export async function savePlacements(
  transaction: Transaction,
  subject: SubjectId,
  placements: readonly PlacedOnHost[],
): Promise<void> {
  const database = transaction.query(explorerSchema);
  const presences = placements.map(({ host, environment = '', names }) => ({ host, environment, names }));
  await sql`
    with wanted as (
      select * from jsonb_to_recordset(${storableJson(presences)}::jsonb) as t (host text, environment text, names text[])),
    gone as (delete from explorer.presence_row where subject = ${subject} and host not in (select host from wanted))
    insert into explorer.presence_row as kept (subject, host, environment, names)
    select ${subject}, host, environment, names from wanted
    on conflict (subject, host) do update set environment = excluded.environment, names = excluded.names
    where kept is distinct from excluded`.execute(database);
  await saveContainers(transaction, subject, placements);
  const image = await database
    .selectFrom('image_row')
    .select(['number', 'subject', 'own_names', 'distribution', 'build', 'search', 'names'])
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (image === undefined) return;
  const placed = placedColumns(image, presences);
  if (placed.search === image.search && JSON.stringify(placed.names) === JSON.stringify(image.names)) return;
  await database.updateTable('image_row').set(placed).where('number', '=', image.number).execute();
}

async function saveContainers(
  transaction: Transaction,
  subject: SubjectId,
  placements: readonly PlacedOnHost[],
): Promise<void> {
  const containers = placements.flatMap((placement) => placement.containers);
  const names = await firstWritten(
    transaction,
    containers.flatMap(({ application }) => application ?? []),
  );
  const nameOf = (application: string | undefined): string | null =>
    application === undefined ? null : (names.get(applicationKey(application)) ?? application);
  const rows = placements.flatMap(({ host, containers: own }) =>
    own.map(({ id, name, environment = '', application }) => ({
      host,
      id,
      name,
      environment,
      application: nameOf(application),
    })),
  );
  await sql`
    with wanted as (
      select * from jsonb_to_recordset(${storableJson(rows)}::jsonb)
        as t (host text, id text, name text, environment text, application text)),
    gone as (
      delete from explorer.container_row as kept where subject = ${subject}
        and not exists (select from wanted where wanted.host = kept.host and wanted.id = kept.id))
    insert into explorer.container_row as kept (subject, host, id, name, environment, application)
    select ${subject}, host, id, name, environment, application from wanted
    on conflict (subject, host, id) do update set name = excluded.name, environment = excluded.environment,
      application = excluded.application
    where kept is distinct from excluded`.execute(transaction.query(explorerSchema));
}

/** What of an image's environments differs from before. */
export interface EnvironmentChange {
  /** Whether findings must be scored again. */
  readonly contexts: boolean;
  /** Whether it is in other environments. */
  readonly environments: boolean;
  /** Environments in which more or fewer containers run it, and by how many. */
  readonly deltas: readonly EnvironmentDelta[];
}

export interface EnvironmentDelta {
  readonly environment: EnvironmentKey;
  readonly containers: number;
  /** 1 where the first container started, −1 where the last one ended. */
  readonly running: number;
}

/** Writes the environments of an image; worst and risk sum follow when its findings are scored. */
export async function saveImageEnvironments(
  transaction: Transaction,
  image: ImageNumber,
  environments: readonly ImageEnvironment[],
): Promise<EnvironmentChange> {
  const database = transaction.query(explorerSchema);
  const known = await database
    .selectFrom('image_environment')
    .select(['environment', 'contexts', 'containers'])
    .where('image', '=', image)
    .execute();
  const names = environments.map(({ environment }) => environment);
  const rows = environments.map(({ judgedAt, reason, ...same }) => ({
    ...same,
    judged_at: judgedAt,
    reason: reason === null ? null : storable(reason),
  }));
  await database
    .deleteFrom('image_environment')
    .where('image', '=', image)
    .where('environment', '<>', sql<string>`all(${names}::text[])`)
    .execute();
  await sql`
    insert into explorer.image_environment as kept
      (image, environment, hosts, containers, verdict, reason, judged_at, risk_sum, contexts)
    select ${image}, environment, hosts, containers, verdict, reason, judged_at, 0, contexts
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as t (environment text, hosts int, containers int, verdict text,
      reason text, judged_at timestamptz, contexts jsonb)
    on conflict (environment, image) do update set hosts = excluded.hosts, containers = excluded.containers,
      verdict = excluded.verdict, reason = excluded.reason, judged_at = excluded.judged_at, contexts = excluded.contexts
    where (kept.hosts, kept.containers, kept.verdict, kept.reason, kept.judged_at, kept.contexts) is distinct from
      (excluded.hosts, excluded.containers, excluded.verdict, excluded.reason, excluded.judged_at, excluded.contexts)`.execute(
    database,
  );
  return changeOf(new Map(known.map((row) => [row.environment, row])), environments);
}

type Before = ReadonlyMap<EnvironmentKey, Pick<ImageEnvironment, 'contexts' | 'containers'>>;

function changeOf(before: Before, environments: readonly ImageEnvironment[]): EnvironmentChange {
  const now = new Map(environments.map((one) => [one.environment, one]));
  const names = [...new Set([...before.keys(), ...now.keys()])];
  return {
    contexts: environments.some(
      ({ environment, contexts }) => canonical(before.get(environment)?.contexts) !== canonical(contexts),
    ),
    environments: names.some((environment) => !before.has(environment) || !now.has(environment)),
    deltas: names.flatMap((environment) => {
      const had = before.get(environment)?.containers ?? 0;
      const has = now.get(environment)?.containers ?? 0;
      return had === has ? [] : [{ environment, containers: has - had, running: Math.sign(has) - Math.sign(had) }];
    }),
  };
}

/** PostgreSQL keeps the keys of an object in an order of its own. */
function canonical(contexts: ImageEnvironment['contexts'] | undefined): string {
  if (contexts === undefined) return '';
  return JSON.stringify(contexts.map((context) => Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
