import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import { type FactHandler, type ReadFact, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { UseFact } from '../contract.ts';
import { limits } from '../limits.ts';
import { announcePlaced } from './facts.ts';
import { hostOf } from './host-environment.ts';
import { inParts } from './parse.ts';
import { fittingRows } from './quotas.ts';
import { type InventoryTables, inventorySchema } from './schema.ts';

type UsedRow = InventoryTables['used_file'];

const minute = 60_000;

/** Fact `use`. A container that is not known stands where its host does. */
export const reportUse: FactHandler = async (transaction, agent, facts) => {
  const reported = readFacts(facts, UseFact);
  if (reported.some(({ body }) => body.files.some((file) => file.includes('\u0000'))))
    throw new AppError('bad-request', 'files: a path holds a NUL');
  const { row: host, hostEnvironment } = await hostOf(transaction, agent);
  const environments = await environmentsOfContainers(
    transaction,
    host.name,
    reported.flatMap(({ body }) => body.container ?? []),
  );
  const environmentOf = ({ container }: UseFact): string =>
    (container === undefined ? undefined : environments.get(container)) ?? hostEnvironment.environment ?? '';
  const rows = reported.flatMap((fact) =>
    toRows(fact, { host: host.name, environment: environmentOf(fact.body), reported_by: agent.id }),
  );
  const all = newestRows(rows);
  const fitting = await fittingRows(
    transaction,
    { host: host.name, reported: all, readKnown: async () => await knownFiles(transaction, host.name, all) },
    { table: 'used_file', limit: limits.usedFiles },
  );
  const added = new Set<UsedRow['subject']>();
  for (const part of inParts(fitting)) for (const subject of await save(transaction, part)) added.add(subject);
  await announcePlaced(transaction, added);
};

async function environmentsOfContainers(
  transaction: Transaction,
  host: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await transaction
    .query(inventorySchema)
    .selectFrom('container')
    .select(['id', 'environment'])
    .where('host', '=', host)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return new Map(rows.map(({ id, environment }) => [id, environment]));
}

function toRows(
  { at, body }: ReadFact<UseFact>,
  place: Pick<UsedRow, 'host' | 'environment' | 'reported_by'>,
): readonly UsedRow[] {
  const seen = new Date(Math.floor(at.getTime() / minute) * minute);
  return body.files.map((file) => ({ ...place, subject: body.subject, file: file.toWellFormed(), last_seen: seen }));
}

async function knownFiles(
  transaction: Transaction,
  host: string,
  rows: readonly UsedRow[],
): Promise<(row: UsedRow) => boolean> {
  const subjects = [...new Set(rows.map((row) => row.subject))];
  const { rows: known } = await sql<Pick<UsedRow, 'subject' | 'environment' | 'file'>>`
    select subject, environment, file from inventory.used_file
    where host = ${host} and subject = any(${subjects}::text[]) and file = any(${rows.map((row) => row.file)}::text[])`.execute(
    transaction.query(inventorySchema),
  );
  const keys = new Set(known.map(keyOf));
  return (row) => keys.has(keyOf(row));
}

function keyOf({ subject, environment, file }: Pick<UsedRow, 'subject' | 'environment' | 'file'>): string {
  return `${subject}\n${environment}\n${file}`;
}

/** One statement cannot write a row twice. */
function newestRows(rows: readonly UsedRow[]): readonly UsedRow[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

/** Gives the subjects of which a file is new, or was reported by an agent before this one only. */
async function save(transaction: Transaction, rows: readonly UsedRow[]): Promise<readonly UsedRow['subject'][]> {
  const takenOver = await takeOver(transaction, rows);
  const written = await transaction
    .query(inventorySchema)
    .insertInto('used_file')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['subject', 'host', 'environment', 'file'])
        .doUpdateSet((is) => ({ last_seen: is.ref('excluded.last_seen') }))
        .whereRef('used_file.last_seen', '<', 'excluded.last_seen'),
    )
    // A row that an insert made has no deleting transaction yet.
    .returning(['subject', sql<boolean>`xmax = 0`.as('added')])
    .execute();
  return [...takenOver, ...written.flatMap(({ subject, added }) => (added ? [subject] : []))];
}

async function takeOver(transaction: Transaction, rows: readonly UsedRow[]): Promise<readonly UsedRow['subject'][]> {
  const [first] = rows;
  if (first === undefined) return [];
  const column = (name: 'subject' | 'environment' | 'file') => rows.map((row) => row[name]);
  const { rows: taken } = await sql<Pick<UsedRow, 'subject'>>`
    update inventory.used_file as known set reported_by = ${first.reported_by}
    from unnest(${column('subject')}::text[], ${column('environment')}::text[], ${column('file')}::text[])
      as reported (subject, environment, file)
    where known.host = ${first.host} and known.reported_by <> ${first.reported_by} and known.subject = reported.subject
      and known.environment = reported.environment and known.file = reported.file
    returning known.subject`.execute(transaction.query(inventorySchema));
  return taken.map(({ subject }) => subject);
}
