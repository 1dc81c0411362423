import { type RawBuilder, sql } from 'kysely';
import type { Limit } from '#base/index.ts';
import { claimRefused, type ReadFact } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { ContainerFact, ImageFact } from '../contract.ts';
import { limits } from '../limits.ts';
import { inventorySchema } from './schema.ts';

/** Of what is told of one host, those that are kept; the rest is announced as refused. Needs the host's lock. */
interface Quota<Reported> {
  readonly host: string;
  readonly reported: readonly Reported[];
  /** Whether it takes no room that it does not have already. */
  readonly isKnown: (one: Reported) => boolean;
}

/** Containers that the host still has room for. */
export async function fittingContainers(
  transaction: Transaction,
  { host, reported, isKnown }: Quota<ReadFact<ContainerFact>>,
): Promise<readonly ReadFact<ContainerFact>[]> {
  const small = reported.filter(({ body }) => containerExcess(body) === undefined);
  for (const reason of new Set(reported.flatMap(({ body }) => containerExcess(body) ?? [])))
    await transaction.announce(claimRefused, { host, reason });
  if (small.every(isKnown)) return small;
  const { rows } = await sql<{ live: number; bytes: number }>`
    select count(*) filter (where finished_at is null) as live,
      coalesce(sum(pg_column_size(fact) + pg_column_size(labels)), 0)::float8 as bytes
    from inventory.container where host = ${host}`.execute(transaction.query(inventorySchema));
  const { live = 0, bytes = 0 } = rows[0] ?? {};
  const full = bytes > limits.storedContainerBytes.value;
  const room = full ? 0 : limits.containers.value - live;
  return await keepFitting(
    transaction,
    { host, reported: small, isKnown: (one) => isKnown(one) || (!full && ended(one)) },
    {
      room,
      limit: full ? limits.storedContainerBytes : limits.containers,
    },
  );
}

function ended({ body }: ReadFact<ContainerFact>): boolean {
  return body.state === 'exited' || body.state === 'dead' || body.state === 'removed';
}

/** Why one container is not kept, whatever else its host has; without its name, so that equal refusals are one. */
function containerExcess(body: ContainerFact): string | undefined {
  const { labels, ports, mounts, containerBytes } = limits;
  if (Object.keys(body.labels).length > labels.value) return excess('a container', labels);
  if (body.ports.length > ports.value) return excess('a container', ports);
  if (body.mounts.length > mounts.value) return excess('a container', mounts);
  return JSON.stringify(body).length > containerBytes.value ? excess('a container', containerBytes) : undefined;
}

/** Forgets the containers of a host that ended first, when there are more than are kept. */
export async function forgetEnded(transaction: Transaction, host: string): Promise<void> {
  await sql`
    delete from inventory.container where host = ${host} and finished_at is not null and id in (
      select id from inventory.container where host = ${host} and finished_at is not null
      order by finished_at desc, id offset ${limits.endedContainers.value})`.execute(
    transaction.query(inventorySchema),
  );
}

/** Images that the host still has room for. */
export async function fittingImages(
  transaction: Transaction,
  { host, reported, isKnown }: Quota<ReadFact<ImageFact>>,
): Promise<readonly ReadFact<ImageFact>[]> {
  const small = reported.filter(({ body }) => JSON.stringify(body).length <= limits.imageBytes.value);
  if (small.length < reported.length)
    await transaction.announce(claimRefused, { host, reason: excess('an image', limits.imageBytes) });
  if (small.every(isKnown)) return small;
  const present = await countOf(
    transaction,
    sql`inventory.image where host = ${host} and gone_at is null`,
    limits.images,
  );
  return await keepFitting(
    transaction,
    { host, reported: small, isKnown },
    {
      room: limits.images.value - present,
      limit: limits.images,
    },
  );
}

/** Forgets the images of a host that went first, when there are more than are kept. */
export async function forgetGone(transaction: Transaction, host: string): Promise<void> {
  await sql`
    delete from inventory.image where host = ${host} and gone_at is not null and id in (
      select id from inventory.image where host = ${host} and gone_at is not null
      order by gone_at desc, id offset ${limits.goneImages.value})`.execute(transaction.query(inventorySchema));
}

/** What is told of a host for one of its tables, and how to find out which of it stands there already. */
export interface ReportedRows<Row> {
  readonly host: string;
  readonly reported: readonly Row[];
  /** Asked only where the host has no room for all. */
  readonly readKnown: () => Promise<(one: Row) => boolean>;
}

/** Rows of a table of the host that there is still room for; a known one takes none. */
export async function fittingRows<Row>(
  transaction: Transaction,
  { host, reported, readKnown }: ReportedRows<Row>,
  of: { readonly table: 'used_file' | 'unscanned' | 'other_subject'; readonly limit: Limit },
): Promise<readonly Row[]> {
  if (reported.length === 0) return reported;
  const from = sql`${sql.id('inventory', of.table)} where host = ${host}`;
  const room = of.limit.value - (await countOf(transaction, from, of.limit));
  if (reported.length <= room) return reported;
  return await keepFitting(transaction, { host, reported, isKnown: await readKnown() }, { room, limit: of.limit });
}

/** Counts no further than the limit. */
async function countOf(transaction: Transaction, from: RawBuilder<unknown>, { value }: Limit): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (select from ${from} limit ${value}) as counted`.execute(
    transaction.query(inventorySchema),
  );
  return rows[0]?.count ?? 0;
}

async function keepFitting<Reported>(
  transaction: Transaction,
  { host, reported, isKnown }: Quota<Reported>,
  { room, limit }: { readonly room: number; readonly limit: Limit },
): Promise<readonly Reported[]> {
  let left = room;
  const kept = reported.filter((one) => isKnown(one) || left-- > 0);
  if (kept.length < reported.length)
    await transaction.announce(claimRefused, { host, reason: excess('the host', limit) });
  return kept;
}

function excess(whose: string, { value, unit }: Limit): string {
  return `The agent reported more than ${value} ${unit} of ${whose}. What is more is not kept.`;
}
