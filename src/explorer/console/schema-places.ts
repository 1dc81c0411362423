/**
 * Read models by place: an environment, `''` for what lies in no named one or nowhere, and `*` for all. Images have
 * short numbers here, because a large estate has millions of rows that name one.
 */
export const placeTables = [
  `create table explorer.image_number (
    subject text collate "C" primary key,
    number integer not null generated always as identity unique,
    at timestamptz not null
  )`,
  `create table explorer.image_row (
    number integer primary key,
    subject text collate "C" not null unique,
    kind text not null,
    scan uuid not null,
    content_scan uuid not null,
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
    impact smallint,
    faults integer not null,
    reason text,
    job text collate "C",
    created timestamptz,
    application text,
    labels jsonb not null,
    disagrees boolean not null,
    scanned_at timestamptz not null
  )`,
  `create table explorer.standing (
    image integer not null,
    place text collate "C" not null,
    hosts integer not null,
    containers integer not null,
    verdict text,
    state text not null generated always as (coalesce(verdict, 'pending')) stored,
    reason text,
    judged_at timestamptz,
    worst double precision,
    mass double precision not null,
    contexts jsonb not null,
    primary key (place, image)
  )`,
  `create index standing_of_image on explorer.standing (image)`,
  `create table explorer.finding (
    key uuid primary key,
    flaw uuid not null,
    id text collate "C" not null,
    package text collate "C" not null,
    type text collate "C" not null,
    installed text collate "C" not null,
    fixed text collate "C",
    severity smallint not null,
    score double precision,
    epss double precision,
    kev boolean not null,
    layer integer not null,
    purl text collate "C" not null,
    component uuid not null,
    suppressed boolean not null,
    rest integer not null,
    vectors smallint not null,
    search text not null,
    document jsonb not null
  )`,
  `create index finding_of_flaw on explorer.finding (flaw)`,
  `create index finding_named on explorer.finding (package, id)`,
  `create table explorer.finding_place (
    image integer not null,
    place text collate "C" not null,
    key uuid not null,
    flaw uuid not null,
    severity smallint not null,
    suppressed boolean not null,
    kev boolean not null,
    fixable boolean not null,
    in_use boolean not null,
    risk double precision not null,
    primary key (image, place, key)
  )`,
  `create index place_rank on explorer.finding_place (place, suppressed, risk desc, severity, flaw, image, key)
    include (kev, fixable, in_use)`,
  `create index place_flaw on explorer.finding_place (flaw, place, suppressed, risk desc, severity, image, key)
    include (in_use)`,
  `create table explorer.finding_count (
    place text collate "C" not null,
    image integer not null,
    suppressed boolean not null,
    severity smallint not null,
    kev boolean not null,
    fixable boolean not null,
    in_use boolean not null,
    type text collate "C" not null,
    count integer not null
  )`,
  `create index count_of_place on explorer.finding_count (place)`,
  `create index count_of_image on explorer.finding_count (image)`,
  `create table explorer.finding_seen (
    image integer not null,
    flaw uuid not null,
    at timestamptz not null,
    primary key (image, flaw)
  )`,
  `create index seen_of_flaw on explorer.finding_seen (flaw, at)`,
  `create index seen_at on explorer.finding_seen (at)`,
  `create table explorer.finding_gone (image integer not null, flaw uuid not null, at timestamptz not null)`,
  `create table explorer.flaw (
    place text collate "C" not null,
    flaw uuid not null,
    suppressed boolean not null,
    id text collate "C" not null,
    package text collate "C" not null,
    type text collate "C" not null,
    severity smallint not null,
    score double precision,
    risk double precision not null,
    epss double precision,
    kev boolean not null,
    fixable boolean not null,
    fixes text[] not null,
    installed text[] not null,
    images integer not null,
    findings integer not null,
    running integer not null,
    containers integer not null,
    in_use boolean not null,
    primary key (flaw, place, suppressed)
  ) with (fillfactor = 80)`,
  `create index flaw_rank on explorer.flaw (place, suppressed, risk desc, severity, id, package, type)`,
  `create index flaw_count on explorer.flaw (place, suppressed, severity, kev, fixable, in_use, type)`,
  `create table explorer.touched (kind text not null, id uuid not null)`,
  `create table explorer.package_row (
    image integer not null,
    place integer not null,
    type text collate "C" not null,
    layer integer not null,
    purl text collate "C" not null,
    search text not null,
    package jsonb not null,
    primary key (image, place)
  )`,
  `create table explorer.used_package (
    image integer not null,
    place text collate "C" not null,
    purl text collate "C" not null,
    layer integer not null,
    seen timestamptz not null,
    primary key (image, place, purl, layer)
  )`,
  `create table explorer.use_read (image integer primary key, content text not null)`,
  `create table explorer.upgrade_row (
    image integer not null,
    component uuid not null,
    upgrade uuid not null,
    package text collate "C" not null,
    type text collate "C" not null,
    installed text collate "C" not null,
    to_version text collate "C" not null,
    removes integer not null,
    worst smallint not null,
    primary key (image, component)
  )`,
  `create index upgrade_over_images on explorer.upgrade_row (upgrade)`,
  `create table explorer.upgrade_place (
    image integer not null,
    place text collate "C" not null,
    component uuid not null,
    mass double precision not null,
    primary key (image, place, component)
  )`,
  `create table explorer.upgrade (
    place text collate "C" not null,
    upgrade uuid not null,
    package text collate "C" not null,
    type text collate "C" not null,
    to_version text collate "C" not null,
    installed text[] not null,
    removes integer not null,
    images integer not null,
    worst smallint not null,
    mass double precision not null,
    primary key (upgrade, place)
  )`,
  `create index upgrade_rank on explorer.upgrade (place, mass desc, package, type, to_version)`,
  `create table explorer.host_row (
    host text collate "C" primary key,
    environment text collate "C" not null,
    stale boolean not null,
    content text not null
  )`,
  `create table explorer.presence_row (
    subject text collate "C" not null,
    host text collate "C" not null,
    environment text collate "C" not null,
    names text[] not null,
    primary key (subject, host)
  )`,
  `create index presence_of_host on explorer.presence_row (host)`,
  `create table explorer.container_row (
    subject text collate "C" not null,
    host text collate "C" not null,
    id text collate "C" not null,
    name text not null,
    environment text collate "C" not null,
    application text,
    primary key (subject, host, id)
  )`,
  `create index container_of_host on explorer.container_row (host)`,
  `create table explorer.unscanned_row (
    host text collate "C" not null,
    place integer not null,
    name text collate "C" not null,
    code text not null,
    reason text not null,
    primary key (host, place)
  )`,
  `create table explorer.application_row (
    name text collate "C" not null,
    subject text collate "C" not null,
    origin text not null,
    primary key (name, subject)
  )`,
  `create index application_of_subject on explorer.application_row (subject)`,
  `create table explorer.subject_selectable (subject text collate "C" primary key, selectables jsonb not null)`,
  `create table explorer.collection_subject (
    collection text collate "C" not null,
    subject text collate "C" not null,
    primary key (collection, subject)
  )`,
  `create index collection_of_subject on explorer.collection_subject (subject)`,
  `create table explorer.trend_point (
    place text collate "C" not null,
    at timestamptz not null,
    point jsonb not null,
    primary key (place, at)
  )`,
];

/** Numbers of a day, so that no page counts a million rows to tell what is new. */
export const dayTables = [
  `drop table explorer.finding_gone`,
  `drop index explorer.seen_at`,
  `create table explorer.finding_day (
    day date not null,
    image integer not null,
    came integer not null,
    went integer not null,
    primary key (day, image)
  )`,
];
