import { componentRiskSql } from '#vulnerability/index.ts';

const { riskSum, squaredOdds } = componentRiskSql;

/** The mass of each component is kept, so that images and upgrades follow a change by its difference alone. */
export const componentTables = [
  `create table explorer.component_place (
    image integer not null,
    component uuid not null,
    place text collate "C" not null,
    worst double precision not null,
    mass double precision not null,
    remaining double precision not null
  )`,
  `insert into explorer.component_place (image, component, place, worst, mass, remaining)
    select image, component, place, max(risk), ${riskSum('sum(odds order by key)')},
      ${riskSum('sum(odds order by key) filter (where not fixable)')}
    from (
      select image, component, place, key, risk, fixable, ${squaredOdds('risk')} as odds
      from explorer.finding_place join (select key, component from explorer.finding) as finding using (key)
      where not suppressed) as held
    group by image, component, place`,
  `alter table explorer.component_place add primary key (image, component, place)`,
  `update explorer.standing as kept set mass = coalesce(own.mass, 0)
    from explorer.standing as same left join (
      select image, place, sum(mass) as mass from explorer.component_place group by image, place) as own using (image, place)
    where kept.image = same.image and kept.place = same.place`,
  `drop table explorer.upgrade_place`,
  `delete from explorer.upgrade_shift`,
  `insert into explorer.touched select distinct 'upgrade', upgrade from explorer.upgrade_row`,
  `create index finding_of_component on explorer.finding (component)`,
  `drop index explorer.count_of_image`,
  `alter table explorer.finding_count add primary key (image, place, suppressed, severity, kev, fixable, in_use, type)`,
  // Up to which matching of its scan the findings of an image are brought; 0: not known.
  `alter table explorer.image_row add column content_version integer not null default 0`,
];
