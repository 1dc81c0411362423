import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** An image whose content is known, where it lies. */
export interface ImageOnHost {
  readonly subject: SubjectId;
  /** The engine's, read from its content by the host's agent. */
  readonly ids: readonly string[];
  /** They prove nothing. */
  readonly names: readonly string[];
}

/** In which environments containers of a host may run. */
export interface HostEnvironments {
  readonly host: string;
  /** Missing: none. */
  readonly environment?: string;
  /** Environments that labels may choose besides. */
  readonly allowed: readonly string[];
}

/** What may be started on a host, and in which environments. */
export interface HostStarts extends HostEnvironments {
  readonly images: readonly ImageOnHost[];
}

/** Hosts by their names; those that never told anything are missing. */
export async function readHostStarts(queries: Queries, hosts: readonly string[]): Promise<readonly HostStarts[]> {
  const all = await readEnvironments(queries, hosts);
  const images = Map.groupBy(await readImages(queries, hosts), ({ host }) => host);
  return all.map((one) => ({
    ...one,
    images: (images.get(one.host) ?? []).map(({ subject, ids, names }) => ({ subject, ids, names })),
  }));
}

/** `undefined` when the host never told anything. */
export async function readHostEnvironments(queries: Queries, host: string): Promise<HostEnvironments | undefined> {
  return (await readEnvironments(queries, [host]))[0];
}

async function readEnvironments(queries: Queries, hosts: readonly string[]): Promise<readonly HostEnvironments[]> {
  const rows = await queries
    .query(inventorySchema)
    .selectFrom('host')
    .select(['name', 'environment', 'allowed'])
    .where('name', '=', sql<string>`any(${hosts}::text[])`)
    .orderBy('name')
    .execute();
  return rows.map(({ name, environment, allowed }) => ({
    host: name,
    ...(environment === null ? {} : { environment }),
    allowed: allowed.filter((one) => one !== environment),
  }));
}

/** Of what a removed image's containers run, names and ids are known by them alone. */
async function readImages(queries: Queries, hosts: readonly string[]) {
  const { rows } = await sql<ImageOnHost & { readonly host: string }>`
    select host, subject, array_agg(distinct id) as ids, array_agg(distinct name) filter (where name is not null) as names
    from (
      select host, subject, id, unnest(case names when '{}' then array[null] else names end) as name
      from inventory.image
      where host = any(${hosts}::text[]) and subject is not null and gone_at is null and ${reportedNow('image')}
      union all
      select host, subject, image, image_name
      from inventory.container
      where host = any(${hosts}::text[]) and subject is not null and up and ${reportedNow('container')}
    ) held group by host, subject order by host, subject`.execute(queries.query(inventorySchema));
  return rows.map((row) => ({ ...row, names: row.names ?? [] }));
}

/** Hosts on which one of the subjects lies or runs. */
export async function hostsHolding(queries: Queries, subjects: readonly SubjectId[]): Promise<readonly string[]> {
  const { rows } = await sql<{ host: string }>`
    select host from inventory.image
    where subject = any(${subjects}::text[]) and gone_at is null and ${reportedNow('image')}
    union select host from inventory.container
    where subject = any(${subjects}::text[]) and up and ${reportedNow('container')}
    order by host`.execute(queries.query(inventorySchema));
  return rows.map(({ host }) => host);
}
