import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import type { FindingEntry } from './finding-rows.ts';
import { type CatalogColumn, type ContentColumns, contentColumns, placedColumns } from './image-columns.ts';
import { keepFindings } from './keep-findings.ts';
import { packageRows } from './package-rows.ts';
import { parts } from './parts.ts';
import { saveUpgrades } from './save-upgrades.ts';
import { explorerSchema } from './schema.ts';
import { searchText, storable, storableJson } from './search.ts';
import type { SubjectFacts } from './subject-facts.ts';
import type { ImageNumber, ImageTable } from './tables.ts';

/** What changed in an image's content, as far as its environments must follow. */
export interface ContentChange {
  /** Keys of findings that it has now and had not before. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Whether its packages are others. */
  readonly packages: boolean;
}

/** The number of a subject; it keeps it for ever. */
export async function numberOf(transaction: Transaction, subject: SubjectId, now: Date): Promise<ImageNumber> {
  const database = transaction.query(explorerSchema);
  const known = await database
    .selectFrom('image_number')
    .select('number')
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (known !== undefined) return known.number;
  const made = await database
    .insertInto('image_number')
    .values({ subject, at: now })
    .returning('number')
    .executeTakeFirstOrThrow();
  return made.number;
}

/** Brings an image's row, packages and upgrades to these facts, and tells which findings come and go. Needs the subject's lock. */
export async function saveContent(
  transaction: Transaction,
  {
    number,
    facts,
    entries,
    differs,
  }: {
    readonly number: ImageNumber;
    readonly facts: SubjectFacts;
    readonly entries: readonly FindingEntry[];
    readonly differs: boolean;
  },
): Promise<ContentChange> {
  const findings = entries.map((entry) => entry.finding);
  const columns = contentColumns(facts, findings, differs);
  await saveImage(transaction, number, { columns, facts });
  if (facts.scan !== undefined) await savePackages(transaction, number, facts.scan.catalog.packages);
  const change = await changeOf(transaction, number, entries);
  const added = new Set(change.added);
  await keepFindings(
    transaction,
    entries.filter((entry) => added.has(entry.key)),
  );
  const others = [...change.added, ...change.removed];
  await saveUpgrades(transaction, [{ image: number, findings }], [{ image: number, keys: others }]);
  return { ...change, packages: facts.scan !== undefined };
}

interface ImageChange {
  readonly columns: ContentColumns;
  readonly facts: SubjectFacts;
}

async function saveImage(
  transaction: Transaction,
  number: ImageNumber,
  { columns, facts }: ImageChange,
): Promise<void> {
  const database = transaction.query(explorerSchema);
  const reported = catalogColumns(facts);
  const known = await database
    .selectFrom('image_row')
    .select('distribution')
    .where('number', '=', number)
    .executeTakeFirst();
  const distribution = reported?.distribution ?? known?.distribution ?? null;
  const presences = await database
    .selectFrom('presence_row')
    .select(['host', 'names'])
    .where('subject', '=', columns.subject)
    .execute();
  const changed = { ...columns, ...placedColumns({ ...columns, distribution }, presences), ...reported };
  if (known !== undefined) {
    await database.updateTable('image_row').set(changed).where('number', '=', number).execute();
    return;
  }
  await database
    .insertInto('image_row')
    .values({ number, distribution: null, packages: 0, ...changed })
    .execute();
}

function catalogColumns({ scan }: SubjectFacts): Pick<ImageTable, CatalogColumn> | undefined {
  if (scan === undefined) return undefined;
  const { distribution, packages } = scan.catalog;
  return {
    distribution: distribution === undefined ? null : storable(distribution.name),
    packages: packageRows(packages).length,
  };
}

async function savePackages(
  transaction: Transaction,
  image: ImageNumber,
  packages: Parameters<typeof packageRows>[0],
): Promise<void> {
  const database = transaction.query(explorerSchema);
  await database.deleteFrom('package_row').where('image', '=', image).execute();
  const rows = packageRows(packages).map((row, position) => ({
    position,
    type: row.type,
    layer: row.layer,
    purl: row.purl,
    search: searchText([row.name, row.version, row.purl]),
    package: row,
  }));
  for (const part of parts(rows)) {
    await sql`
      insert into explorer.package_row (image, position, type, layer, purl, search, package)
      select ${image}, position, type, layer, purl, search, package from jsonb_to_recordset(${storableJson(part)}::jsonb)
        as t (position int, type text, layer int, purl text, search text, package jsonb)`.execute(database);
  }
}

async function changeOf(
  transaction: Transaction,
  image: ImageNumber,
  entries: readonly FindingEntry[],
): Promise<Pick<ContentChange, 'added' | 'removed'>> {
  const known = await transaction
    .query(explorerSchema)
    .selectFrom('finding_environment')
    .select('key')
    .where('image', '=', image)
    .where('environment', '=', '*')
    .execute();
  const before = new Set(known.map((row) => row.key));
  const after = new Set(entries.map((entry) => entry.key));
  return {
    added: [...after].filter((key) => !before.has(key)),
    removed: [...before].filter((key) => !after.has(key)),
  };
}
