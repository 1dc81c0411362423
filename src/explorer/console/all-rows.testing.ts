import { type RawBuilder, sql } from 'kysely';
import type { Store } from '#store/index.ts';
import { explorerSchema } from './schema.ts';

/** Everything but ids and versions of scans and numbers of images, which are as they come, and what only remembers. */
export async function allRows(store: Store): Promise<unknown> {
  const database = store.query(explorerSchema);
  const rows = async (query: RawBuilder<object>): Promise<unknown> => (await query.execute(database)).rows;
  const subject = sql`(select subject from explorer.image_number where number = own.image) as subject`;
  return {
    images: await rows(sql`select to_jsonb(own) - 'scan' - 'content_scan' - 'content_version' - 'number' as row
      from explorer.image_row as own order by subject`),
    imageEnvironments:
      await rows(sql`select ${subject}, to_jsonb(own) - 'image' as row from explorer.image_environment as own
      order by subject, environment`),
    findings: await rows(sql`select ${subject}, to_jsonb(own) - 'image' as row from explorer.finding_environment as own
      order by subject, environment, key`),
    counts: await rows(sql`select ${subject}, to_jsonb(own) - 'image' as row from explorer.finding_count as own
      order by subject, to_jsonb(own) - 'image'`),
    vulnerabilities: await rows(
      sql`select * from explorer.vulnerability order by vulnerability, environment, suppressed`,
    ),
    packages: await rows(sql`select ${subject}, to_jsonb(own) - 'image' as row from explorer.package_row as own
      order by subject, own.position`),
    used: await rows(sql`select ${subject}, to_jsonb(own) - 'image' as row from explorer.used_package as own
      order by subject, environment, purl`),
    upgrades:
      await rows(sql`select ${subject}, to_jsonb(own) - 'image' as row from explorer.component_environment as own
      order by subject, environment, component`),
    upgradeSums: await rows(sql`select * from explorer.upgrade order by upgrade, environment`),
    presences: await rows(sql`select * from explorer.presence_row order by subject, host`),
    containers: await rows(sql`select * from explorer.container_row order by subject, host, id`),
    collections: await rows(sql`select * from explorer.collection_subject order by subject, collection`),
    dirtyUpgrades: await rows(sql`select * from explorer.dirty_upgrade`),
  };
}
