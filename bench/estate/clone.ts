import { sql } from 'kysely';
import type { Store } from '../../src/store/index.ts';
import { explorerSchema } from '../../src/explorer/console/schema.ts';

/** Room between the numbers of an image and of its copies. */
const apart = 1_000_000;
const copied = sql`'sha256:' || encode(sha256(convert_to(subject || copy, 'UTF8')), 'hex')`;
const named = (column: string) =>
  sql`array(select replace(name, '/app-', '/app-' || copy || '-') from unnest(${sql.ref(column)}) as name)`;

/** Makes so many copies of every image by SQL: the rows that the product wrote, under other digests and names. */
export async function cloneImages(store: Store, copies: number): Promise<void> {
  const database = store.query(explorerSchema);
  const copy = sql`generate_series(1, ${copies}::int) as copy`;
  const number = sql`number + copy * ${apart}`;
  const image = sql`image + copy * ${apart}`;
  const statements = [
    sql`insert into explorer.image_number overriding system value select ${copied}, ${number}, at from explorer.image_number, ${copy}`,
    sql`insert into explorer.image_row select ${number}, ${copied}, kind, scan, content_scan, ${named('own_names')},
      ${named('names')}, hosts, replace(label, '/app-', '/app-' || copy || '-'), name_search, search, distribution,
      platform, size, packages, counts, impact, faults, reason, job, created, application, labels, differs, scanned_at, content_version
      from explorer.image_row, ${copy}`,
    sql`insert into explorer.image_environment (image, environment, hosts, containers, verdict, reason, judged_at, worst, risk_sum, contexts)
      select ${image}, environment, hosts, containers, verdict, reason, judged_at, worst, risk_sum, contexts
      from explorer.image_environment, ${copy}`,
    sql`insert into explorer.finding_environment select ${image}, environment, key, vulnerability, severity, suppressed, kev, fixable, in_use,
      risk + copy::float8 / 100 from explorer.finding_environment, ${copy}`,
    sql`insert into explorer.finding_count select environment, ${image}, suppressed, severity, kev, fixable, in_use, type, count
      from explorer.finding_count, ${copy}`,
    sql`insert into explorer.finding_seen select ${image}, vulnerability, at from explorer.finding_seen, ${copy}`,
    sql`insert into explorer.package_row select ${image}, position, type, layer, purl, search, package
      from explorer.package_row, ${copy}`,
    sql`insert into explorer.used_package select ${image}, environment, purl, layer, seen from explorer.used_package, ${copy}`,
    sql`insert into explorer.upgrade_row select ${image}, component, upgrade, package, type, installed, to_version,
      removes, worst from explorer.upgrade_row, ${copy}`,
    sql`insert into explorer.component_environment select ${image}, component, environment, worst + copy::float8 / 100, risk_sum, remaining
      from explorer.component_environment, ${copy}`,
    sql`insert into explorer.presence_row select ${copied}, host, environment, ${named('names')}
      from explorer.presence_row, ${copy}`,
    sql`insert into explorer.container_row select ${copied}, host, id || copy, name, environment, application
      from explorer.container_row, ${copy}`,
    sql`insert into explorer.application_row select name, ${copied}, origin from explorer.application_row, ${copy}`,
    sql`insert into explorer.subject_selectable select ${copied}, selectables from explorer.subject_selectable, ${copy}`,
    sql`insert into explorer.collection_subject select collection, ${copied} from explorer.collection_subject, ${copy}`,
    sql`insert into explorer.vulnerability_delta (environment, vulnerability, suppressed, key, findings, used, images, running, containers)
      select environment, vulnerability, suppressed, key, 1, in_use::int, 0, 0, 0 from explorer.finding_environment where image > ${apart}
      union all
      select environment, vulnerability, suppressed, null, 0, 0, 1, sign(containers)::int, containers
      from (select distinct environment, vulnerability, suppressed, image from explorer.finding_environment where image > ${apart}) as held
        join explorer.image_environment using (environment, image)`,
    sql`insert into explorer.dirty_upgrade select upgrade from explorer.upgrade_row group by upgrade`,
  ];
  for (const statement of statements) await statement.execute(database);
}
