import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { publisherKey } from '../publisher-key.ts';
import type { Publisher } from './publisher.ts';

/**
 * Scans count by proof, in each environment for itself. What spoke for a subject until now goes on in every environment,
 * until it is worked out where the subject lies, and there until another scan may count: see `countingScans`.
 */
export const countingTables: Migration = {
  async up(database) {
    for (const statement of statements) await sql.raw(statement).execute(database);
    await nameAgents(database);
  },
};

/** Agents were known by their names. PostgreSQL reads no part of a `json` that could hold half a surrogate pair. */
async function nameAgents(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ text: string; witness: Publisher }>`
    select text, text::json as witness from (select distinct witness::text as text from catalog.scan) as known`.execute(
    database,
  );
  for (const { text, witness } of rows)
    await sql`update catalog.scan set witness_key = ${publisherKey(witness)} where witness::text = ${text}`.execute(
      database,
    );
}

const statements = [
  `create table catalog.document (digest text primary key, document bytea not null, executables bytea)`,
  `alter table catalog.document alter column document set storage external`,
  `alter table catalog.document alter column executables set storage external`,
  `alter table catalog.scan
    alter column document drop not null,
    add column described json,
    add column content_digest text references catalog.document (digest),
    add column contents json,
    add column whole boolean,
    add column layers text,
    drop column basis,
    drop column content`,
  `create index scan_of_content on catalog.scan (content_digest)`,
  `create index scan_of_publisher on catalog.scan (witness_key, subject)`,
  `create table catalog.counting_scan (
    subject text not null references catalog.subject (id) on delete cascade,
    environment text not null,
    scan uuid not null references catalog.scan (id) on delete cascade,
    rank smallint not null check (rank between 0 and 3),
    role text not null check (role in ('current', 'older', 'differs', 'carried')),
    primary key (subject, environment, scan)
  )`,
  `create index counting_of_scan on catalog.counting_scan (scan)`,
  `create table catalog.silenced_scan (
    scan uuid primary key references catalog.scan (id) on delete cascade,
    subject text not null references catalog.subject (id) on delete cascade,
    why text not null
  )`,
  `create index silenced_of_subject on catalog.silenced_scan (subject)`,
  `create table catalog.shown_scan (
    subject text primary key references catalog.subject (id) on delete cascade,
    scan uuid not null unique references catalog.scan (id) on delete cascade
  )`,
  `create table catalog.carried (
    subject text primary key references catalog.subject (id) on delete cascade,
    scan uuid not null unique references catalog.scan (id) on delete cascade,
    environments text[]
  )`,
  `insert into catalog.counting_scan (subject, environment, scan, rank, role)
    select subject, '*', scan, 0, 'carried' from catalog.voice`,
  `insert into catalog.shown_scan (subject, scan) select subject, scan from catalog.voice`,
  `insert into catalog.carried (subject, scan) select subject, scan from catalog.voice`,
  `create table catalog.alias (
    digest text not null,
    subject text not null references catalog.subject (id) on delete cascade,
    environment text not null,
    primary key (digest, subject, environment)
  )`,
  `create index alias_of_subject on catalog.alias (subject)`,
  `insert into catalog.alias (digest, subject, environment)
    select distinct unnest(aliases), voice.subject, '*' from catalog.voice join catalog.scan on scan.id = voice.scan`,
  `drop table catalog.voice`,
  `drop table catalog.disagreement`,
  `create table catalog.difference (
    subject text not null references catalog.subject (id) on delete cascade,
    pair text not null,
    scan uuid not null references catalog.scan (id) on delete cascade,
    other_scan uuid not null references catalog.scan (id) on delete cascade,
    settled_by text not null check (settled_by in ('publishers', 'pull')),
    differs json not null,
    primary key (subject, pair)
  )`,
  `create index difference_of_scan on catalog.difference (scan)`,
  `create index difference_of_other_scan on catalog.difference (other_scan)`,
  `create table catalog.chosen_by (releases text not null)`,
  `update store.unclaimed_fact set fact = 'counting-scans-changed' where fact = 'voice-changed'`,
  `update store.unclaimed_fact set fact = 'publishers-differ' where fact = 'witnesses-disagree'`,
];
