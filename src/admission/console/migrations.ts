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
