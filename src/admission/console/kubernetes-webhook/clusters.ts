import { createHash, timingSafeEqual } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { AppError } from '#base/index.ts';
import { type Author, audit } from '#access/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import type { AskingCluster, Cluster, WantedImage } from '../../contract.ts';
import { sumByCluster } from '../decisions.ts';
import { admissionSchema } from '../schema.ts';
import type { WebhookTables } from './tables.ts';

/** Longest that an image stays wanted after a cluster asked for it, in milliseconds. */
const wantedLife = 14 * 24 * 60 * 60_000;
const day = 24 * 60 * 60_000;
const mostListed = 1000;

/** A cluster as it is connected. */
export interface NewCluster extends Pick<Cluster, 'name' | 'environment'> {
  /** Hex; kept nowhere but in the cluster. */
  readonly key: string;
}

/** Lets a cluster ask by a key; one that it had before is worth nothing from then on. */
export async function saveCluster(
  store: Store,
  { name, environment, key }: NewCluster,
  { author, now }: { readonly author: Author; readonly now: Date },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const row = {
      environment: environment ?? null,
      key_hash: hashOf(key),
      connected_at: now,
      connected_by: author.actor.name,
    };
    await transaction
      .query(admissionSchema)
      .insertInto('cluster')
      .values({ name, ...row, asked_at: null })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
    const target = { kind: 'cluster', id: name };
    await audit(transaction, { ...author, action: 'cluster-connected', target, detail: { environment } });
  });
}

/** Throws `not-found`. */
export async function removeCluster(store: Store, name: string, author: Author): Promise<void> {
  await store.transaction(async (transaction) => {
    const removed = await transaction
      .query(admissionSchema)
      .deleteFrom('cluster')
      .where('name', '=', name)
      .executeTakeFirst();
    if (removed.numDeletedRows === 0n) throw new AppError('not-found', `There is no cluster ${name}.`);
    await audit(transaction, { ...author, action: 'cluster-disconnected', target: { kind: 'cluster', id: name } });
  });
}

/** The cluster that holds this key, or nothing: for a wrong key and for a name that there is not alike. */
export async function findCluster(
  queries: Queries,
  { name, key }: Pick<NewCluster, 'name' | 'key'>,
): Promise<Cluster | undefined> {
  const row = await queries
    .query(admissionSchema)
    .selectFrom('cluster')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  return row !== undefined && timingSafeEqual(hashOf(key), row.key_hash) ? toCluster(row) : undefined;
}

/** By name, with what each was answered in the last 24 hours. */
export async function isAnyClusterConnected(queries: Queries): Promise<boolean> {
  const row = await queries.query(admissionSchema).selectFrom('cluster').select('name').limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function readClusters(queries: Queries, now: Date): Promise<readonly AskingCluster[]> {
  const rows = await queries.query(admissionSchema).selectFrom('cluster').selectAll().orderBy('name').execute();
  const sums = await sumByCluster(queries, new Date(now.getTime() - day));
  return rows.map((row) => ({ ...toCluster(row), day: sums.get(row.name) ?? { allowed: 0, alerted: 0, denied: 0 } }));
}

/** That a cluster asked. */
export async function noteAsked(queries: Queries, name: string, now: Date): Promise<void> {
  await sql`
    update admission.cluster set asked_at = ${now}
    where name = ${name} and (asked_at is null or asked_at < ${new Date(now.getTime() - 60_000)})`.execute(
    queries.query(admissionSchema),
  );
}

export async function noteWanted(
  queries: Queries,
  { reference, digest, host, environment }: Pick<WantedImage, 'reference' | 'digest' | 'host' | 'environment'>,
  now: Date,
): Promise<void> {
  const asked = { reference, host, last_asked: now };
  await queries
    .query(admissionSchema)
    .insertInto('wanted_image')
    .values({ digest, environment: environment ?? '', first_asked: now, ...asked })
    .onConflict((conflict) => conflict.columns(['digest', 'environment']).doUpdateSet(asked))
    .execute();
}

/** Newest first. */
export async function readWanted(queries: Queries, now: Date): Promise<readonly WantedImage[]> {
  const rows = await queries
    .query(admissionSchema)
    .selectFrom('wanted_image')
    .selectAll()
    .where('last_asked', '>', new Date(now.getTime() - wantedLife))
    .orderBy('last_asked', 'desc')
    .limit(mostListed)
    .execute();
  return rows.map(({ environment, first_asked, last_asked, ...same }) => ({
    ...same,
    ...(environment === '' ? {} : { environment }),
    firstAsked: first_asked.toISOString(),
    lastAsked: last_asked.toISOString(),
  }));
}

/** Forgets what no cluster has asked for in a long time. */
export async function pruneWanted(queries: Queries, now: Date): Promise<void> {
  const old = new Date(now.getTime() - wantedLife);
  await queries.query(admissionSchema).deleteFrom('wanted_image').where('last_asked', '<', old).execute();
}

function toCluster(row: Selectable<WebhookTables['cluster']>): Cluster {
  const { name, environment, connected_at, connected_by, asked_at } = row;
  return {
    name,
    ...(environment === null ? {} : { environment }),
    connectedAt: connected_at.toISOString(),
    connectedBy: connected_by,
    ...(asked_at === null ? {} : { askedAt: asked_at.toISOString() }),
  };
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
