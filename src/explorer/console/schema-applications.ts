/** Names of applications that differ in case alone are one: what is written most is shown. */
export const applicationNames = [
  `create table explorer.application_name (key text collate "C" primary key, name text collate "C" not null)`,
  `insert into explorer.application_name (key, name)
    select distinct on (lower(name)) lower(name), name
    from (select name, count(*) as images from explorer.application_row group by name) as written
    order by lower(name), images desc, name`,
  `delete from explorer.application_row as own using explorer.application_row as other
    where own.subject = other.subject and lower(own.name) = lower(other.name) and own.name > other.name`,
  `update explorer.application_row as own set name = first.name from explorer.application_name as first
    where first.key = lower(own.name) and own.name <> first.name`,
  `update explorer.container_row as own set application = first.name from explorer.application_name as first
    where first.key = lower(own.application) and own.application <> first.name`,
];
