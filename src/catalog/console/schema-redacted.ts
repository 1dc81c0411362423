import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { type Subject, withoutSecrets } from '#image/index.ts';
import { unpackJson } from '#store/packed-json.ts';
import { contentsOf } from '../contents.ts';
import type { Catalog } from '../contract.ts';
import { documentDigest, sharedSubject } from '../document-digest.ts';
import { packDocument, type ScanDocument, unpackDocument } from './document.ts';

/**
 * Secrets that build steps, commands and labels of stored scans held are redacted. What is read of every row is its
 * description; documents and executables are read of images alone that have a secret.
 */
export const redactedSubjects: Migration = {
  async up(database) {
    await redactSubjects(database);
    await redactScans(database);
  },
};

/** Rows that are in memory at once. */
const atOnce = 200;

async function redactSubjects(database: Kysely<unknown>): Promise<void> {
  for (let after = ''; ; ) {
    const { rows } = await sql<{ id: string; document: Subject }>`
      select id, document from catalog.subject where kind = 'image' and id > ${after} order by id limit ${atOnce}`.execute(
      database,
    );
    for (const { id, document } of rows) {
      const shown = redacted(document);
      if (shown === undefined) continue;
      await sql`update catalog.subject set document = ${JSON.stringify(shown)} where id = ${id}`.execute(database);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

interface StoredScan {
  readonly id: string;
  readonly described: Subject | null;
  readonly content_digest: string | null;
}

async function redactScans(database: Kysely<unknown>): Promise<void> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await sql<StoredScan>`
      select scan.id, described, content_digest from catalog.scan join catalog.subject on subject.id = scan.subject
      where kind = 'image' and scan.id > ${after}::uuid order by scan.id limit ${atOnce}`.execute(database);
    for (const row of rows) await redactScan(database, row);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/** A scan of release 0.1 is described by its document alone, which is its own. */
async function redactScan(database: Kysely<unknown>, { id, described, content_digest: digest }: StoredScan) {
  if (described !== null) {
    const shown = redacted(described);
    if (shown === undefined) return;
    await sql`update catalog.scan set described = ${JSON.stringify(shown)} where id = ${id}`.execute(database);
  }
  if (digest === null) await redactOwnDocument(database, id);
  else await redactDocument(database, digest);
}

async function redactOwnDocument(database: Kysely<unknown>, id: string): Promise<void> {
  const { rows } = await sql<{ document: Buffer | null }>`select document from catalog.scan where id = ${id}`.execute(
    database,
  );
  const [{ document } = { document: null }] = rows;
  const shown = document === null ? undefined : await redactedDocument(document);
  if (shown === undefined) return;
  await sql`update catalog.scan set document = ${await packDocument(shown)}, contents = null where id = ${id}`.execute(
    database,
  );
}

/** The document gets the digest that a scan of now has, so that agents that find the same again send no document. */
async function redactDocument(database: Kysely<unknown>, digest: string): Promise<void> {
  const { rows } = await sql<{ document: Buffer; executables: Buffer | null }>`
    select document, executables from catalog.document where digest = ${digest}`.execute(database);
  const [row] = rows;
  const shown = row && (await redactedDocument(row.document));
  if (row === undefined || shown === undefined) return;
  const whole = await withExecutables(shown.catalog, row.executables);
  const next = documentDigest(shown.subject, whole);
  const contents = JSON.stringify(contentsOf(shown.subject, whole));
  await sql`insert into catalog.document (digest, document, executables)
    values (${next}, ${await packDocument(shown)}, ${row.executables}) on conflict do nothing`.execute(database);
  await sql`update catalog.scan set content_digest = ${next}, contents = ${contents} where content_digest = ${digest}`.execute(
    database,
  );
  await sql`delete from catalog.document where digest = ${digest}`.execute(database);
}

async function withExecutables(catalog: Catalog, packed: Buffer | null): Promise<Catalog> {
  if (packed === null) return catalog;
  return { ...catalog, executables: (await unpackJson(packed)) as NonNullable<Catalog['executables']> };
}

async function redactedDocument(packed: Buffer): Promise<ScanDocument | undefined> {
  const { subject, catalog } = await unpackDocument(packed);
  const shown = redacted(subject);
  return shown && { subject: sharedSubject(shown), catalog };
}

/** `undefined`: it holds no secret. */
function redacted(subject: Subject): Subject | undefined {
  const shown = withoutSecrets(subject);
  return JSON.stringify(shown) === JSON.stringify(subject) ? undefined : shown;
}
