import { sql } from 'kysely';
import { isDeepStrictEqual } from 'node:util';
import type { SubjectId } from '#base/index.ts';
import { type FactHandler, type ReadFact, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { ImageFact } from '../contract.ts';
import { announcePlaced, hostChanged } from './facts.ts';
import { hostOf } from './host-environment.ts';
import { inParts, newestOf } from './parse.ts';
import { fittingImages, forgetGone } from './quotas.ts';
import { type InventoryTables, inventorySchema } from './schema.ts';

type ImageRow = InventoryTables['image'];

/** Fact `image`. */
export const reportImages: FactHandler = async (transaction, agent, facts) => {
  const reported = newestOf(readFacts(facts, ImageFact), ({ id }) => id);
  const { row: host } = await hostOf(transaction, agent);
  const known = await knownImages(
    transaction,
    host.name,
    reported.map(({ body }) => body.id),
  );
  const fitting = await fittingImages(transaction, {
    host: host.name,
    reported,
    isKnown: ({ body }) => body.state === 'gone' || known.get(body.id)?.gone_at === null,
  });
  const changed = fitting
    .map((fact) => toRow({ host: host.name, agent: agent.id }, fact, known.get(fact.body.id)))
    .filter((row) => !saysTheSame(row, known.get(row.id)));
  if (changed.length === 0) return;
  await saveImages(transaction, changed);
  if (changed.some((row) => row.gone_at !== null)) await forgetGone(transaction, host.name);
  const subjects = [
    ...changed.flatMap((row) => [row.subject, known.get(row.id)?.subject ?? null]),
    ...(await nameSubjects(transaction, { host: host.name, agent: agent.id }, changed)),
  ];
  await announcePlaced(transaction, subjects);
  await transaction.announce(hostChanged, { host: host.name });
};

async function knownImages(
  transaction: Transaction,
  host: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ImageRow>> {
  const rows = await transaction
    .query(inventorySchema)
    .selectFrom('image')
    .selectAll()
    .where('host', '=', host)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Who reports, and of which host. */
interface Reporter {
  readonly host: string;
  readonly agent: string;
}

/** An image that is gone, or not read yet, is still what this agent knew it to be; what another one read is its own. */
function toRow({ host, agent }: Reporter, { at, body }: ReadFact<ImageFact>, known: ImageRow | undefined): ImageRow {
  return {
    host,
    id: body.id,
    subject: body.subject ?? (known?.reported_by === agent ? known.subject : null),
    reported_by: agent,
    names: body.names,
    repo_digests: body.repoDigests,
    gone_at: body.state === 'gone' ? (known?.gone_at ?? at) : null,
  };
}

function saysTheSame(row: ImageRow, known: ImageRow | undefined): boolean {
  return isDeepStrictEqual(row, known);
}

async function saveImages(transaction: Transaction, rows: readonly ImageRow[]): Promise<void> {
  for (const part of inParts(rows)) {
    await transaction
      .query(inventorySchema)
      .insertInto('image')
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(['host', 'id']).doUpdateSet((is) => ({
          subject: is.ref('excluded.subject'),
          reported_by: is.ref('excluded.reported_by'),
          names: is.ref('excluded.names'),
          repo_digests: is.ref('excluded.repo_digests'),
          gone_at: is.ref('excluded.gone_at'),
        })),
      )
      .execute();
  }
}

/** Containers told of before their image's content was known. */
async function nameSubjects(
  transaction: Transaction,
  { host, agent }: Reporter,
  images: readonly ImageRow[],
): Promise<readonly SubjectId[]> {
  const ids = images.filter(({ subject }) => subject !== null).map(({ id }) => id);
  const { rows } = await sql<{ subject: SubjectId }>`
    update inventory.container set subject = image.subject
    from inventory.image
    where container.host = ${host} and container.subject is null and container.reported_by = ${agent}
      and image.host = ${host} and image.id = container.image and image.id = any(${ids}::text[])
    returning container.subject`.execute(transaction.query(inventorySchema));
  return rows.map(({ subject }) => subject);
}
