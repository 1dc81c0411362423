import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { FindingEntry } from './finding-rows.ts';
import { type FlawKey, sumFlaws } from './flaw-sums.ts';
import { placedColumns, presencesOf } from './presence.ts';
import { explorerSchema } from './schema.ts';
import { searchText, storable, storableJson } from './search.ts';
import type { SubjectRows } from './subject-rows.ts';

/** Rows that one statement writes; keeps a statement's JSON to a few megabytes. */
const rowsAtOnce = 2_000;

/** Puts the rows of a subject in the place of those it had. Needs the subject's lock and `explorerLock`. */
export async function saveSubject(transaction: Transaction, rows: SubjectRows): Promise<void> {
  const { subject } = rows.image;
  await saveImage(transaction, rows);
  await savePackages(transaction, rows);
  await saveUpgrades(transaction, rows);
  await saveFindings(transaction, subject, rows.findings);
}

/** Leaves nothing of a subject that no domain knows any more. */
export async function forgetSubject(transaction: Transaction, subject: SubjectId): Promise<void> {
  const database = transaction.query(explorerSchema);
  await saveFindings(transaction, subject, []);
  for (const table of ['image_row', 'image_document', 'package_row', 'upgrade_row'] as const) {
    await database.deleteFrom(table).where('subject', '=', subject).execute();
  }
}

async function saveImage(transaction: Transaction, { image, document }: SubjectRows): Promise<void> {
  const database = transaction.query(explorerSchema);
  const { subject, ...own } = image;
  const cleaned = { ...own, own_names: own.own_names.map(storable), distribution: storableOrNull(own.distribution) };
  const placed = placedColumns({ subject, ...cleaned }, await presencesOf(transaction, subject));
  const columns = {
    ...cleaned,
    ...placed,
    platform: storableOrNull(own.platform),
    reason: storableOrNull(own.reason),
    counts: JSON.stringify(own.counts),
  };
  await database
    .insertInto('image_row')
    .values({ subject, ...columns })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(columns))
    .execute();
  const text = storableJson(document);
  await database
    .insertInto('image_document')
    .values({ subject, document: text })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet({ document: text }))
    .execute();
}

function storableOrNull(text: string | null): string | null {
  return text === null ? null : storable(text);
}

async function savePackages(transaction: Transaction, { image, packages }: SubjectRows): Promise<void> {
  const database = transaction.query(explorerSchema);
  await database.deleteFrom('package_row').where('subject', '=', image.subject).execute();
  const rows = packages.map((entry, place) => ({
    subject: image.subject,
    place,
    type: entry.package.type,
    layer: entry.package.layer,
    search: searchText([entry.package.name, entry.package.version, entry.package.purl]),
    package: entry.package,
  }));
  for (const part of parts(rows)) {
    await sql`
      insert into explorer.package_row (subject, place, type, layer, search, package)
      select subject, place, type, layer, search, package from jsonb_to_recordset(${storableJson(part)}::jsonb)
        as t (subject text, place int, type text, layer int, search text, package jsonb)`.execute(database);
  }
}

async function saveUpgrades(transaction: Transaction, { image, upgrades }: SubjectRows): Promise<void> {
  const database = transaction.query(explorerSchema);
  await database.deleteFrom('upgrade_row').where('subject', '=', image.subject).execute();
  const rows = upgrades.flatMap(({ upgrade, mass }, place) => {
    if (upgrade.to === undefined) return [];
    const { package: name, type, installed, to, removes, worst } = upgrade;
    return [
      {
        subject: image.subject,
        place,
        package: name,
        type,
        installed,
        to_version: to,
        removes,
        worst: severities.indexOf(worst),
        mass,
      },
    ];
  });
  for (const part of parts(rows)) {
    await sql`
      insert into explorer.upgrade_row
      select * from jsonb_to_recordset(${storableJson(part)}::jsonb) as t (subject text, place int, package text,
        type text, installed text, to_version text, removes int, worst smallint, mass float8)`.execute(database);
  }
}

/** Writes only what differs: most refreshes find all findings as they were. */
async function saveFindings(
  transaction: Transaction,
  subject: SubjectId,
  entries: readonly FindingEntry[],
): Promise<void> {
  const known = await transaction
    .query(explorerSchema)
    .selectFrom('finding_row')
    .select(['key', 'id', 'package', 'type'])
    .where('subject', '=', subject)
    .execute();
  const before = new Set(known.map((row) => row.key));
  const after = new Set(entries.map((entry) => entry.row.key));
  const gone = known.filter((row) => !after.has(row.key));
  const added = entries.filter((entry) => !before.has(entry.row.key));
  await removeFindings(
    transaction,
    subject,
    gone.map((row) => row.key),
  );
  for (const part of parts(added)) await insertFindings(transaction, part);
  await sumFlaws(transaction, different([...gone, ...added.map((entry) => entry.row)]));
}

async function removeFindings(transaction: Transaction, subject: SubjectId, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const wanted = sql<string>`any(${keys}::uuid[])`;
  for (const table of ['finding_row', 'finding_document'] as const) {
    const database = transaction.query(explorerSchema);
    await database.deleteFrom(table).where('subject', '=', subject).where('key', '=', wanted).execute();
  }
}

async function insertFindings(transaction: Transaction, entries: readonly FindingEntry[]): Promise<void> {
  const database = transaction.query(explorerSchema);
  const rows = storableJson(entries.map((entry) => entry.row));
  await sql`
    insert into explorer.finding_row (subject, key, id, package, type, installed, fixed, severity, score, risk,
      epss, kev, layer, suppressed, search)
    select subject, key, id, package, type, installed, fixed, severity, score, risk, epss, kev, layer, suppressed, search
    from jsonb_to_recordset(${rows}::jsonb) as t (subject text, key uuid, id text, package text, type text,
      installed text, fixed text, severity smallint, score float8, risk float8, epss float8, kev boolean, layer int,
      suppressed boolean, search text)`.execute(database);
  const documents = `[${entries.map(({ row, text }) => `{"subject":${JSON.stringify(row.subject)},"key":"${row.key}","finding":${text}}`).join(',')}]`;
  await sql`
    insert into explorer.finding_document (subject, key, finding)
    select subject, key, finding from jsonb_to_recordset(${documents}::jsonb)
      as t (subject text, key uuid, finding jsonb)`.execute(database);
}

function different(keys: readonly FlawKey[]): readonly FlawKey[] {
  const found = new Map(keys.map((key) => [`${key.type} ${key.package} ${key.id}`, key]));
  return [...found.values()].map(({ id, package: name, type }) => ({ id, package: name, type }));
}

function parts<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, part) =>
    rows.slice(part * rowsAtOnce, (part + 1) * rowsAtOnce),
  );
}
