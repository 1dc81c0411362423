import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Rules of people, the ledgers of hosts, and what agents tell of their gates. */
export const firstTables: Migration = {
  async up(database) {
    for (const statement of [...ruleTables, ...ledgerTables, ...decisionTables, ...gateTables]) {
      await sql.raw(statement).execute(database);
    }
  },
};

/** Places of decisions by number, so that those of a place are found without reading the others. */
export const numberedPlaces: Migration = {
  async up(database) {
    for (const statement of placeTables) await sql.raw(statement).execute(database);
  },
};

/** Ledgers that are to be tried again. */
export const troubleTable: Migration = {
  async up(database) {
    await sql`create table admission.ledger_trouble (
      host text collate "C" primary key,
      since timestamptz not null,
      reason text not null
    )`.execute(database);
  },
};

/** The digest of a host's environments gets their name. */
export const environmentColumn: Migration = {
  async up(database) {
    await sql`alter table admission.ledger rename column standing to environments`.execute(database);
  },
};

const ruleTables = [
  `create table admission.rule (
    id text not null,
    version integer not null check (version > 0),
    rule json not null,
    saved_at timestamptz not null,
    saved_by text,
    primary key (id, version)
  )`,
  `create table admission.place (id text primary key, position integer not null)`,
];

const ledgerTables = [
  `create table admission.ledger (
    host text collate "C" primary key,
    sequence integer not null check (sequence > 0),
    standing text not null,
    content text not null,
    ledger bytea not null,
    certificate text not null,
    signature text not null,
    issued_at timestamptz not null,
    renew_at timestamptz not null
  )`,
  `alter table admission.ledger alter column ledger set storage external`,
  `create index ledger_due on admission.ledger (renew_at)`,
  `create table admission.brief (
    verdict text primary key,
    brief json not null,
    made_at timestamptz not null
  )`,
];

const decisionTables = [
  `create table admission.decision (
    sequence bigint generated always as identity primary key,
    host text collate "C" not null,
    id text collate "C" not null,
    time timestamptz not null,
    received_at timestamptz not null,
    gate text not null,
    answer text not null check (answer in ('allow', 'deny')),
    effect text not null check (effect in ('ignore', 'alert', 'block')),
    rule text,
    digest text,
    environment text,
    search text not null,
    place text not null,
    decision json not null,
    unique (host, id)
  )`,
  `create index decision_by_time on admission.decision (time desc, sequence desc)`,
  `create index decision_received on admission.decision (received_at)`,
  `create index decision_of_digest on admission.decision (digest, time desc, sequence desc)`,
  `create index decision_denied on admission.decision (time desc, sequence desc) where answer = 'deny'`,
];

const gateTables = [
  `create table admission.gate (
    host text collate "C" primary key,
    told_at timestamptz not null,
    fact json not null
  )`,
  `create table admission.rogue (
    host text collate "C" primary key,
    told_at timestamptz not null,
    rogues json not null
  )`,
  `create table admission.break_glass (
    host text collate "C" not null,
    id text collate "C" not null,
    digest text not null,
    at timestamptz not null,
    until timestamptz not null,
    received_at timestamptz not null,
    fact json not null,
    primary key (host, id)
  )`,
  `create index break_glass_open on admission.break_glass (until)`,
];

const placeTables = [
  `create table admission.decision_place (
    id bigint generated always as identity primary key,
    hash text collate "C" not null unique,
    place text not null
  )`,
  `insert into admission.decision_place (hash, place)
    select rtrim(translate(encode(sha256(convert_to(place, 'UTF8')), 'base64'), '+/', '-_'), '='), place
    from (select distinct place from admission.decision) as known`,
  `alter table admission.decision rename column place to place_text`,
  `alter table admission.decision add column place bigint references admission.decision_place`,
  `update admission.decision set place = known.id
    from admission.decision_place as known where known.place = place_text`,
  `alter table admission.decision alter column place set not null, drop column place_text`,
  `create index decision_of_place on admission.decision (place, time desc, sequence desc)`,
];
