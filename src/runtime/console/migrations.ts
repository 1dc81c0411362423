import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Models, what was detected, incidents, sensors and the rules of people. */
export const firstTables: Migration = {
  async up(database) {
    for (const statement of [...modelTables, ...detectionTables, ...ruleTables]) {
      await sql.raw(statement).execute(database);
    }
  },
};

/** Incidents grow by the processes that they are about; models know what changed with the image that they took over from. */
export const storiesAndReleases: Migration = {
  async up(database) {
    await sql`drop index runtime.incident_of_key`.execute(database);
    await sql`alter table runtime.incident drop column key, add processes text[] not null`.execute(database);
    await sql`create index incident_of_container on runtime.incident (container, last_at desc)`.execute(database);
    await sql`alter table runtime.model add inherited_changes json`.execute(database);
  },
};

/** A sensor is shown with since when it has been working or away. */
export const sensorStates: Migration = {
  async up(database) {
    await sql`alter table runtime.sensor add since timestamptz`.execute(database);
    await sql`update runtime.sensor set since = told_at`.execute(database);
    await sql`alter table runtime.sensor alter column since set not null`.execute(database);
  },
};

/** What hosts say of the code that runs in their containers, and what they are asked. */
export const runningCode: Migration = {
  async up(database) {
    await sql`
      create table runtime.code_statement (
        host text collate "C" not null, container text collate "C" not null, told_at timestamptz not null,
        statement text not null, signature text not null, certificate text not null, primary key (host, container)
      )`.execute(database);
    await sql`
      create table runtime.code_question (
        host text collate "C" not null, container text collate "C" not null, request uuid not null,
        asked_at timestamptz not null, primary key (host, container)
      )`.execute(database);
  },
};

/** Which containers an incident of a whole host is about. */
export const concernedContainers: Migration = {
  async up(database) {
    await sql`
      create table runtime.concerned (
        incident integer not null references runtime.incident (id) on delete cascade, container text collate "C" not null,
        name text collate "C" not null, place json not null, reason text not null, primary key (incident, container)
      )`.execute(database);
  },
};

/** Decisions reach later versions or not, and know the version in whose model they were made. All reached them before. */
export const lastingDecisions: Migration = {
  async up(database) {
    await sql`
      alter table runtime.decision
        add scope text not null default 'lineage' check (scope in ('digest', 'lineage')), add taken_from text`.execute(
      database,
    );
    await sql`create index decision_taken on runtime.decision (taken_from, key_digest) where taken_from is not null`.execute(
      database,
    );
  },
};

/** Models are made before the first container of a new version is started. */
export const awaitedStarts: Migration = {
  async up(database) {
    await sql`alter table runtime.model add awaits_start boolean not null default false`.execute(database);
  },
};

/** Summaries count entries; they were called items before. */
export const entryCounts: Migration = {
  async up(database) {
    await sql`update runtime.model
      set counts = (counts::jsonb - 'items' || jsonb_build_object('entries', counts::jsonb -> 'items'))::json
      where counts::jsonb ? 'items'`.execute(database);
  },
};

/** What is in force for each container, and since when one is not protected as its rule asks. */
export const armedContainers: Migration = {
  async up(database) {
    for (const statement of armedTables) await sql.raw(statement).execute(database);
  },
};

const armedTables = [
  `create table runtime.armed (
    host text collate "C" not null,
    container text collate "C" not null,
    reported_by text not null,
    told_at timestamptz not null,
    fact json not null,
    primary key (host, container)
  )`,
  `create table runtime.unprotected (
    host text collate "C" not null,
    container text collate "C" not null,
    since timestamptz not null,
    primary key (host, container)
  )`,
];

const modelTables = [
  `create table runtime.model (
    id text primary key,
    digest text not null,
    entrypoint json not null,
    repositories text[] not null,
    state text not null check (state in ('learning', 'active', 'relearning', 'manual', 'archived')),
    version integer not null check (version > 0),
    partial boolean not null,
    evidence bytea not null,
    content text not null,
    convergence json not null,
    counts json not null,
    learns_from timestamptz,
    evaluated integer not null,
    activated_at timestamptz,
    activated_by text,
    inherited_from text,
    inherited_at timestamptz,
    created_at timestamptz not null,
    changed_at timestamptz not null
  )`,
  `alter table runtime.model alter column evidence set storage external`,
  `create index model_of_digest on runtime.model (digest)`,
  `create table runtime.decision (
    model text not null references runtime.model (id) on delete cascade,
    key_digest text not null,
    key text not null,
    decision text not null check (decision in ('allow', 'deny')),
    reason text not null,
    decided_by text not null,
    decided_at timestamptz not null,
    primary key (model, key_digest)
  )`,
  `create table runtime.curve (
    model text not null references runtime.model (id) on delete cascade,
    dimension text not null,
    bucket integer not null,
    at timestamptz not null,
    hours integer not null,
    upper80 double precision,
    primary key (model, dimension, bucket)
  )`,
  `create table runtime.running (
    host text collate "C" not null,
    container text collate "C" not null,
    model text not null,
    digest text not null,
    environment text,
    place json not null,
    primary key (host, container)
  )`,
  `create index running_of_model on runtime.running (model)`,
  `create index running_of_digest on runtime.running (digest)`,
];

const detectionTables = [
  `create table runtime.incident (
    id integer generated always as identity primary key,
    key text not null,
    state text not null check (state in ('open', 'acknowledged', 'closed')),
    severity text not null,
    outcome text not null,
    title text not null,
    host text collate "C" not null,
    environment text,
    container text collate "C" not null,
    container_name text not null,
    image text not null,
    digest text,
    model text,
    techniques text[] not null,
    detections integer not null,
    opened_at timestamptz not null,
    last_at timestamptz not null,
    acknowledged json,
    search text not null,
    place json not null
  )`,
  `create index incident_by_age on runtime.incident (last_at desc, id desc)`,
  `create index incident_of_key on runtime.incident (key, last_at desc)`,
  `create index incident_of_digest on runtime.incident (digest, last_at desc)`,
  `create table runtime.detection (
    sequence bigint generated always as identity primary key,
    host text collate "C" not null,
    id text collate "C" not null,
    time timestamptz not null,
    received_at timestamptz not null,
    container text collate "C" not null,
    container_name text not null,
    digest text,
    model text,
    environment text,
    notice boolean not null,
    effect text not null,
    outcome text not null,
    rule text,
    incident integer references runtime.incident (id) on delete cascade,
    place json not null,
    detection json not null,
    unique (host, id)
  )`,
  `create index detection_by_time on runtime.detection (time desc, sequence desc)`,
  `create index detection_of_container on runtime.detection (container, time desc)`,
  `create index detection_of_digest on runtime.detection (digest, time desc)`,
  `create index detection_of_model on runtime.detection (model, time desc)`,
  `create index detection_of_incident on runtime.detection (incident)`,
  `create table runtime.sensor (
    host text collate "C" primary key,
    told_at timestamptz not null,
    fact json not null
  )`,
];

const ruleTables = [
  `create table runtime.rule (
    id text not null,
    version integer not null check (version > 0),
    rule json not null,
    saved_at timestamptz not null,
    saved_by text,
    primary key (id, version)
  )`,
  `create table runtime.place (id text primary key, position integer not null)`,
];
