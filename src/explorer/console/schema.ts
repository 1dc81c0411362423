import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DomainSchema } from '#store/index.ts';
import { componentTables } from './schema-components.ts';
import { dayTables, placeTables } from './schema-places.ts';
import { deltaNames, dirtyUpgrades, environmentNames, riskSumNames, vulnerabilityNames } from './schema-names.ts';
import { narrowTables, shiftTables, steppedTables, vacuumedTables } from './schema-shifts.ts';
import type { ExplorerTables } from './tables.ts';

const firstTables = [
  `create table explorer.image_row (
    subject text collate "C" primary key,
    kind text not null,
    scan uuid not null,
    own_names text[] not null,
    names text[] not null,
    hosts text[] not null,
    label text collate "C" not null,
    name_search text not null,
    search text not null,
    distribution text,
    platform text,
    size bigint not null,
    packages integer not null,
    counts jsonb not null,
    faults integer not null,
    verdict text,
    state text not null generated always as (coalesce(verdict, 'pending')) stored,
    reason text,
    worst double precision,
    mass double precision not null,
    scanned_at timestamptz not null,
    judged_at timestamptz
  )`,
  `create table explorer.image_document (subject text collate "C" primary key, document jsonb not null)`,
  `create table explorer.finding_row (
    subject text collate "C" not null,
    key uuid not null,
    id text collate "C" not null,
    package text collate "C" not null,
    type text collate "C" not null,
    installed text collate "C" not null,
    fixed text collate "C",
    severity smallint not null,
    score double precision,
    risk double precision not null,
    epss double precision,
    kev boolean not null,
    layer integer not null,
    suppressed boolean not null,
    search text not null,
    primary key (subject, key)
  )`,
  `create index finding_rank on explorer.finding_row (suppressed, risk desc, severity, id, package, subject, key)`,
  `create index finding_of_flaw on explorer.finding_row (id, package, type)`,
  `create index finding_count on explorer.finding_row (suppressed, severity, kev, (fixed is not null))`,
  `create table explorer.finding_document (
    subject text collate "C" not null,
    key uuid not null,
    finding jsonb not null,
    primary key (subject, key)
  )`,
  `create table explorer.flaw (
    id text collate "C" not null,
    package text collate "C" not null,
    type text collate "C" not null,
    suppressed boolean not null,
    severity smallint not null,
    score double precision,
    risk double precision not null,
    epss double precision,
    kev boolean not null,
    fixes text[] not null,
    installed text[] not null,
    images integer not null,
    findings integer not null,
    search text not null,
    primary key (id, package, type, suppressed)
  ) with (fillfactor = 80)`,
  `create index flaw_rank on explorer.flaw (suppressed, risk desc, severity, id, package, type)`,
  `create index flaw_count on explorer.flaw (suppressed, severity, kev)`,
  `create table explorer.package_row (
    subject text collate "C" not null,
    place integer not null,
    type text not null,
    layer integer not null,
    search text not null,
    package jsonb not null,
    primary key (subject, place)
  )`,
  `create table explorer.upgrade_row (
    subject text collate "C" not null,
    place integer not null,
    package text collate "C" not null,
    type text collate "C" not null,
    installed text collate "C" not null,
    to_version text collate "C" not null,
    removes integer not null,
    worst smallint not null,
    mass double precision not null,
    primary key (subject, place)
  )`,
  `create table explorer.host_row (host text collate "C" primary key, content text not null)`,
  `create table explorer.presence_row (
    host text collate "C" not null,
    subject text collate "C" not null,
    names text[] not null,
    primary key (subject, host)
  )`,
  `create index presence_of_host on explorer.presence_row (host)`,
  `create table explorer.unscanned_row (
    host text collate "C" not null,
    place integer not null,
    name text collate "C" not null,
    code text not null,
    reason text not null,
    primary key (host, place)
  )`,
];

/** Subjects by environment were named otherwise before, and so were publishers that differ. */
const renamedTables = [
  `alter table explorer.standing rename to image_environment`,
  `alter index explorer.standing_pkey rename to image_environment_pkey`,
  `alter index explorer.standing_of_image rename to image_environment_of_image`,
  `alter table explorer.image_row rename column disagrees to differs`,
];

function running(statements: readonly string[]): Migration {
  return {
    async up(database) {
      for (const statement of statements) await sql.raw(statement).execute(database);
    },
  };
}

/**
 * Tables that are made from other domains' documents: dropping them loses nothing that `refreshAll` does not bring
 * back, but for `image_number`, `finding_seen`, `finding_day` and `trend_point`, which remember when.
 */
export const explorerSchema: DomainSchema<ExplorerTables> = {
  name: 'explorer',
  migrations: {
    '0001-read-models': running(firstTables),
    '0002-places': running(placeTables),
    '0003-days': running(dayTables),
    '0004-shifts': running(shiftTables),
    '0005-narrow': running(narrowTables),
    '0006-vacuum': running(vacuumedTables),
    '0007-components': running(componentTables),
    '0008-steps': running(steppedTables),
    '0009-image-environments': running(renamedTables),
    '0010-vulnerabilities': vulnerabilityNames,
    '0011-environments': environmentNames,
    '0012-risk-sums': riskSumNames,
    '0013-deltas': deltaNames,
    '0014-dirty-upgrades': dirtyUpgrades,
  },
};
