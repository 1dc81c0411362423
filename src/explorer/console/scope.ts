import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import { applicationNamed } from './application-names.ts';
import { everywhere, unnamed } from './image-environment.ts';
import { explorerSchema } from './schema.ts';
import { storable } from './search.ts';
import type { ImageNumber, EnvironmentKey } from './tables.ts';

/** Which part of the estate was asked for, as queries name it. */
export interface ScopeQuery {
  readonly environment?: string | undefined;
  readonly application?: string | undefined;
  readonly collection?: string | undefined;
  readonly host?: string | undefined;
  readonly running?: boolean | undefined;
  readonly kind?: 'image' | 'file-system' | undefined;
}

/** Whose question it is: without collections he sees everything. */
export type Viewer = Pick<Principal, 'collections'> | undefined;

/** A part of the estate: an environment, and where it is narrower than that, the images in it. */
export interface Scope {
  readonly environment: EnvironmentKey;
  readonly images?: readonly ImageNumber[];
}

export function environmentKey(environment: string | undefined): EnvironmentKey {
  if (environment === undefined) return everywhere;
  return environment === 'none' ? unnamed : environment;
}

/** The part of the estate that is asked for, as far as the viewer may see it. */
export async function readScope(queries: Queries, query: ScopeQuery, viewer: Viewer): Promise<Scope> {
  const environment = environmentKey(query.environment);
  const conditions = [...narrowing(query, environment), ...visible(viewer)];
  if (conditions.length === 0) return { environment };
  const { rows } = await sql<{ number: ImageNumber }>`
    select number from explorer.image_row as image where ${sql.join(conditions, sql` and `)}`.execute(
    queries.query(explorerSchema),
  );
  return { environment, images: rows.map((row) => row.number) };
}

function narrowing(query: ScopeQuery, environment: EnvironmentKey): readonly RawBuilder<SqlBool>[] {
  const { application, collection, host, running, kind } = query;
  return [
    ...(application === undefined
      ? []
      : [
          sql<SqlBool>`subject in (
            select subject from explorer.application_row where name = ${applicationNamed(application)})`,
        ]),
    ...(kind === undefined ? [] : [sql<SqlBool>`kind = ${kind}`]),
    ...(collection === undefined ? [] : [inCollections([collection])]),
    ...(host === undefined
      ? []
      : [sql<SqlBool>`subject in (select subject from explorer.presence_row where host = ${storable(host)})`]),
    ...(running === undefined
      ? []
      : [
          sql<SqlBool>`number in (select image from explorer.image_environment where environment = ${environment}
            and (containers > 0) = ${running})`,
        ]),
  ];
}

function inCollections(collections: readonly string[]): RawBuilder<SqlBool> {
  return sql`subject in (select subject from explorer.collection_subject
    where collection = any(${collections.map(storable)}::text[]))`;
}

/** Conditions on rows with a `subject` that keep to what the viewer may see. */
export function visible(viewer: Viewer): readonly RawBuilder<SqlBool>[] {
  return viewer?.collections === undefined ? [] : [inCollections(viewer.collections)];
}

/** Whether the viewer may see a subject. */
export async function maySee(queries: Queries, viewer: Viewer, subject: SubjectId): Promise<boolean> {
  if (viewer?.collections === undefined) return true;
  const found = await queries
    .query(explorerSchema)
    .selectFrom('collection_subject')
    .select('subject')
    .where('subject', '=', subject)
    .where('collection', 'in', ['', ...viewer.collections])
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Conditions on rows with `environment` and `image`. */
export function inScope({ environment, images }: Scope): RawBuilder<SqlBool> {
  if (images === undefined) return sql`environment = ${environment}`;
  return sql`environment = ${environment} and image = any(${images}::int[])`;
}
