import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import { type Finding, upgradesOf } from '#vulnerability/index.ts';
import { digestOf } from './digest.ts';
import { componentKey, type FindingEntry, findingColumns, findingEntries } from './finding-rows.ts';
import { type CatalogColumn, type ContentColumns, contentColumns, placedColumns } from './image-columns.ts';
import { packageRows } from './package-rows.ts';
import { parts } from './parts.ts';
import { explorerSchema } from './schema.ts';
import { searchText, storable, storableJson } from './search.ts';
import type { SubjectFacts } from './subject-facts.ts';
import type { ImageNumber, ImageTable } from './tables.ts';

/** What changed in an image's content, as far as its places must follow. */
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
    disagrees,
  }: { readonly number: ImageNumber; readonly facts: SubjectFacts; readonly disagrees: boolean },
): Promise<ContentChange> {
  const entries = findingEntries(facts.match?.findings ?? []);
  const findings = entries.map((entry) => entry.finding);
  const columns = contentColumns(facts, findings, disagrees);
  await saveImage(transaction, number, { columns, facts });
  if (facts.scan !== undefined) await savePackages(transaction, number, facts.scan.catalog.packages);
  const change = await changeOf(transaction, number, entries);
  const added = new Set(change.added);
  await keepFindings(
    transaction,
    entries.filter((entry) => added.has(entry.key)),
  );
  const others = [...change.added, ...change.removed];
  if (others.length > 0) await saveUpgrades(transaction, number, { findings, keys: others });
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
  const told = catalogColumns(facts);
  const known = await database
    .selectFrom('image_row')
    .select('distribution')
    .where('number', '=', number)
    .executeTakeFirst();
  const distribution = told?.distribution ?? known?.distribution ?? null;
  const presences = await database
    .selectFrom('presence_row')
    .select(['host', 'names'])
    .where('subject', '=', columns.subject)
    .execute();
  const changed = { ...columns, ...placedColumns({ ...columns, distribution }, presences), ...told };
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
  const rows = packageRows(packages).map((row, place) => ({
    place,
    type: row.type,
    layer: row.layer,
    purl: row.purl,
    search: searchText([row.name, row.version, row.purl]),
    package: row,
  }));
  for (const part of parts(rows)) {
    await sql`
      insert into explorer.package_row (image, place, type, layer, purl, search, package)
      select ${image}, place, type, layer, purl, search, package from jsonb_to_recordset(${storableJson(part)}::jsonb)
        as t (place int, type text, layer int, purl text, search text, package jsonb)`.execute(database);
  }
}

async function changeOf(
  transaction: Transaction,
  image: ImageNumber,
  entries: readonly FindingEntry[],
): Promise<Pick<ContentChange, 'added' | 'removed'>> {
  const known = await transaction
    .query(explorerSchema)
    .selectFrom('finding_place')
    .select('key')
    .where('image', '=', image)
    .where('place', '=', '*')
    .execute();
  const before = new Set(known.map((row) => row.key));
  const after = new Set(entries.map((entry) => entry.key));
  return {
    added: [...after].filter((key) => !before.has(key)),
    removed: [...before].filter((key) => !after.has(key)),
  };
}

/** Keeps what no other image has told yet. In the order of their keys, so that no two writers wait for each other. */
async function keepFindings(transaction: Transaction, entries: readonly FindingEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const database = transaction.query(explorerSchema);
  // Keeps `pruneFindings` from taking what is found here and not yet held by this image.
  await sql`lock table explorer.finding in row exclusive mode`.execute(database);
  const keys = entries.map((entry) => entry.key);
  const known = await database
    .selectFrom('finding')
    .select('key')
    .where('key', '=', sql<string>`any(${keys}::uuid[])`)
    .execute();
  const held = new Set(known.map((row) => row.key));
  const missing = entries.filter((entry) => !held.has(entry.key)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (const part of parts(missing)) {
    const rows = part.map((entry) => {
      const columns = storableJson(findingColumns(entry));
      return `${columns.slice(0, -1)},"document":${entry.text}}`;
    });
    await sql`
      insert into explorer.finding (key, flaw, id, package, type, installed, fixed, severity, score, epss, kev, layer,
        purl, component, suppressed, rest, vectors, search, document)
      select key, flaw, id, package, type, installed, fixed, severity, score, epss, kev, layer, purl, component,
        suppressed, rest, vectors, search, document
      from jsonb_to_recordset(${`[${rows.join(',')}]`}::jsonb) as t (key uuid, flaw uuid, id text, package text,
        type text, installed text, fixed text, severity smallint, score float8, epss float8, kev boolean, layer int,
        purl text, component uuid, suppressed boolean, rest int, vectors smallint, search text, document jsonb)
      on conflict (key) do nothing`.execute(database);
  }
}

interface UpgradeChange {
  readonly findings: readonly Finding[];
  /** Findings that came or went. */
  readonly keys: readonly string[];
}

/** Writes what differs in components whose findings are others; the sums over images follow. */
async function saveUpgrades(
  transaction: Transaction,
  image: ImageNumber,
  { findings, keys }: UpgradeChange,
): Promise<void> {
  const database = transaction.query(explorerSchema);
  const changed = await database
    .selectFrom('finding')
    .select('component')
    .distinct()
    .where('key', '=', sql<string>`any(${keys}::uuid[])`)
    .execute();
  const components = changed.map((row) => row.component);
  const rows = upgradesOf(findings).flatMap((upgrade) => {
    if (upgrade.to === undefined) return [];
    const { package: name, type, installed, to, removes, worst } = upgrade;
    return [
      {
        component: componentKey(upgrade),
        upgrade: digestOf(JSON.stringify([type, storable(name), storable(to)])),
        package: name,
        type,
        installed,
        to_version: to,
        removes,
        worst: severities.indexOf(worst),
      },
    ];
  });
  const wanted = new Map(rows.map((row) => [row.component, row]));
  const text = storableJson(components.flatMap((component) => wanted.get(component) ?? []));
  await sql`
    with wanted as (
      select * from jsonb_to_recordset(${text}::jsonb) as t (component uuid, upgrade uuid, package text, type text,
        installed text, to_version text, removes int, worst smallint)),
    before as (
      select * from explorer.upgrade_row where image = ${image} and component = any(${components}::uuid[])),
    gone as (
      delete from explorer.upgrade_row using before where upgrade_row.image = ${image}
        and upgrade_row.component = before.component
        and not exists (select from wanted where wanted.component = before.component)),
    unplaced as (
      delete from explorer.upgrade_place using before where upgrade_place.image = ${image}
        and upgrade_place.component = before.component
        and not exists (select from wanted where wanted.component = before.component)),
    changed as (
      insert into explorer.upgrade_row as kept
      select ${image}, wanted.* from wanted
      on conflict (image, component) do update set upgrade = excluded.upgrade, to_version = excluded.to_version,
        removes = excluded.removes, worst = excluded.worst
      where kept is distinct from excluded
      returning upgrade)
    insert into explorer.touched
    select 'upgrade', upgrade from (select upgrade from changed union
      select before.upgrade from before left join wanted using (component)
      where (wanted.upgrade, wanted.removes, wanted.worst)
        is distinct from (before.upgrade, before.removes, before.worst)) as t`.execute(database);
}
