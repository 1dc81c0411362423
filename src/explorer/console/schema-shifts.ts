/** Flaws whose sums were still to be made anew when the update came. */
const touched = `flaw in (select id from explorer.touched where kind = 'flaw')`;

/**
 * Sums of flaws follow by differences: whoever writes findings notes what they add to the sums and take from them, and
 * one transaction at a time brings the notes to the sums. So no change reads what all other images hold.
 */
export const shiftTables = [
  // How many images hold each of the findings that a flaw has in a place: what its versions and scores come from.
  `create table explorer.flaw_finding (
    flaw uuid not null,
    place text collate "C" not null,
    suppressed boolean not null,
    key uuid not null,
    images integer not null,
    primary key (flaw, place, suppressed, key)
  )`,
  `create table explorer.flaw_shift (
    place text collate "C" not null,
    flaw uuid not null,
    suppressed boolean not null,
    key uuid,
    findings integer not null,
    used integer not null,
    images integer not null,
    running integer not null,
    containers integer not null
  )`,
  `drop index explorer.flaw_count`,
  `alter table explorer.flaw drop column in_use, add column used integer not null default 0`,
  `update explorer.flaw as kept set used = held.used from (
      select flaw, place, suppressed, count(*) as used from explorer.finding_place where in_use group by flaw, place, suppressed
    ) as held
    where kept.flaw = held.flaw and kept.place = held.place and kept.suppressed = held.suppressed`,
  `alter table explorer.flaw add column in_use boolean not null generated always as (used > 0) stored`,
  `create index flaw_count on explorer.flaw (place, suppressed, severity, kev, fixable, in_use, type)`,
  `insert into explorer.flaw_finding
    select flaw, place, suppressed, key, count(*) from explorer.finding_place where not ${touched}
    group by flaw, place, suppressed, key`,
  `delete from explorer.flaw where ${touched}`,
  `insert into explorer.flaw_shift
    select place, flaw, suppressed, key, 1, in_use::int, 0, 0, 0 from explorer.finding_place where ${touched}
    union all
    select place, flaw, suppressed, null, 0, 0, 1, sign(containers)::int, containers
    from (select distinct place, flaw, suppressed, image from explorer.finding_place where ${touched}) as held
      join explorer.standing using (place, image)`,
  `delete from explorer.touched where kind = 'flaw'`,
];

/** Sums of upgrades whose weight alone differs follow by differences too, and joins read what is narrow. */
export const narrowTables = [
  `create table explorer.upgrade_shift (
    upgrade uuid not null,
    place text collate "C" not null,
    mass double precision not null
  )`,
  `alter table explorer.upgrade_place drop constraint upgrade_place_pkey, add primary key (image, component, place)`,
  // Findings are joined by the thousand for these columns; their documents need not be read for that.
  `create index finding_narrow on explorer.finding (key) include (component, type)`,
];

/** What is counted by its index alone, and what is emptied all the time, is vacuumed sooner than by default. */
export const vacuumedTables = [
  `alter table explorer.flaw set (autovacuum_vacuum_scale_factor = 0.02)`,
  ...['flaw_shift', 'upgrade_shift', 'touched'].map(
    (table) =>
      `alter table explorer.${table} set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,
  ),
];

/** Sums follow in steps of some ids each; a step finds its part of a long queue without reading the rest. */
export const steppedTables = [
  `create index shift_of_flaw on explorer.flaw_shift (flaw)`,
  `create index shift_of_upgrade on explorer.upgrade_shift (upgrade)`,
  `create index touched_id on explorer.touched (id)`,
];
