import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import { type Finding, upgradesOf } from '#vulnerability/index.ts';
import { digestOf } from './digest.ts';
import { componentKey } from './finding-rows.ts';
import { explorerSchema } from './schema.ts';
import { storable, storableJson } from './search.ts';
import type { ImageNumber } from './tables.ts';
import { type HeldKeys, pairsOf } from './score.ts';

/** Findings of an image: at least all in each component of which one came or went. */
export interface ImageFindings {
  readonly image: ImageNumber;
  readonly findings: readonly Finding[];
}

/** Writes what differs in components that these findings came to or left; the sums over images follow. */
export async function saveUpgrades(
  transaction: Transaction,
  images: readonly ImageFindings[],
  others: readonly HeldKeys[],
): Promise<void> {
  if (others.every(({ keys }) => keys.length === 0)) return;
  const rows = images.flatMap(({ image, findings }) => upgradeRows(findings).map((row) => ({ image, ...row })));
  await sql`
    with asked as materialized (
      select distinct image, component from ${pairsOf(others)} join explorer.finding using (key)),
    wanted as (
      select t.* from jsonb_to_recordset(${storableJson(rows)}::jsonb) as t (image int, component uuid, upgrade uuid,
        package text, type text, installed text, to_version text, removes int, worst smallint)
        join asked using (image, component)),
    before as (select kept.* from asked join explorer.upgrade_row as kept using (image, component)),
    gone as (
      delete from explorer.upgrade_row as kept using before where kept.image = before.image
        and kept.component = before.component and not exists (
          select from wanted where wanted.image = before.image and wanted.component = before.component)),
    changed as (
      insert into explorer.upgrade_row as kept select * from wanted
      on conflict (image, component) do update set upgrade = excluded.upgrade, to_version = excluded.to_version,
        removes = excluded.removes, worst = excluded.worst
      where kept is distinct from excluded
      returning upgrade)
    insert into explorer.dirty_upgrade
    select upgrade from (select upgrade from changed union
      select before.upgrade from before left join wanted using (image, component)
      where (wanted.upgrade, wanted.removes, wanted.worst)
        is distinct from (before.upgrade, before.removes, before.worst)) as t`.execute(
    transaction.query(explorerSchema),
  );
}

function upgradeRows(findings: readonly Finding[]) {
  return upgradesOf(findings).flatMap((upgrade) => {
    if (upgrade.to === undefined) return [];
    const { package: name, type, installed, to, removes, worst } = upgrade;
    return [
      {
        component: componentKey(upgrade),
        upgrade: digestOf(JSON.stringify([type, storable(name), storable(to)])),
        package: name,
        type,
        installed,
        to_version: to,
        removes,
        worst: severities.indexOf(worst),
      },
    ];
  });
}
