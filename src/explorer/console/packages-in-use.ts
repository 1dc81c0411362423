import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Package } from '#catalog/index.ts';
import { readScan } from '#catalog/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { digestOf } from './digest.ts';
import { everywhere, unnamed } from './image-environment.ts';
import { explorerSchema } from './schema.ts';
import { storableJson } from './search.ts';
import type { EstateSources, UsedFile } from './sources.ts';
import type { ImageNumber, EnvironmentKey } from './tables.ts';

/** A package of which a process has loaded a file. */
export interface UsedPackage {
  readonly environment: EnvironmentKey;
  readonly purl: string;
  readonly layer: number;
  readonly seen: string;
}

/** Packages that these files belong to, in each environment where they were loaded and in all together. Pure. */
function usedPackages(packages: readonly Package[], files: readonly UsedFile[]): readonly UsedPackage[] {
  const owners = ownersOf(packages, new Set(files.map((used) => used.file)));
  const found = new Map<string, UsedPackage>();
  for (const { environment = unnamed, file, lastSeen } of files) {
    for (const { purl, layer } of owners.get(file) ?? []) {
      for (const one of [environment, everywhere]) {
        const key = JSON.stringify([one, purl, layer]);
        const seen = found.get(key)?.seen;
        if (seen === undefined || seen < lastSeen) found.set(key, { environment: one, purl, layer, seen: lastSeen });
      }
    }
  }
  return [...found.values()];
}

function ownersOf(packages: readonly Package[], wanted: ReadonlySet<string>): ReadonlyMap<string, readonly Package[]> {
  const owners = new Map<string, Package[]>();
  for (const one of packages) {
    for (const file of new Set([...one.files, ...one.paths])) {
      if (!wanted.has(file)) continue;
      const known = owners.get(file);
      if (known === undefined) owners.set(file, [one]);
      else known.push(one);
    }
  }
  return owners;
}

/** Brings the packages in use to what processes have loaded. Tells whether others are in use now. */
export async function saveUse(
  transaction: Transaction,
  image: { readonly number: ImageNumber; readonly subject: SubjectId; readonly scan: ScanId },
  sources: EstateSources,
): Promise<boolean> {
  const database = transaction.query(explorerSchema);
  const files = await sources.usedFiles(transaction, image.subject);
  const content = digestOf(JSON.stringify([image.scan, files]));
  const known = await database
    .selectFrom('use_read')
    .select('content')
    .where('image', '=', image.number)
    .executeTakeFirst();
  if (known?.content === content || (known === undefined && files.length === 0)) return false;
  await database
    .insertInto('use_read')
    .values({ image: image.number, content })
    .onConflict((conflict) => conflict.column('image').doUpdateSet({ content }))
    .execute();
  const scan = files.length === 0 ? undefined : await readScan(transaction, image.scan);
  const used = usedPackages(scan?.catalog.packages ?? [], files);
  const changed = await sql`
    with wanted as (
      select * from jsonb_to_recordset(${storableJson(used)}::jsonb)
        as t (environment text, purl text, layer int, seen timestamptz)),
    gone as (
      delete from explorer.used_package as kept where image = ${image.number} and not exists (select from wanted
        where wanted.environment = kept.environment and wanted.purl = kept.purl and wanted.layer = kept.layer)
      returning purl),
    changed as (
      insert into explorer.used_package as kept (image, environment, purl, layer, seen)
      select ${image.number}, environment, purl, layer, seen from wanted
      on conflict (image, environment, purl, layer) do update set seen = excluded.seen where kept.seen <> excluded.seen
      returning purl)
    select purl from gone union select purl from changed`.execute(database);
  return changed.rows.length > 0;
}
