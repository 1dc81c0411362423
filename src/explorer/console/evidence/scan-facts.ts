import { sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import { readScan } from '#catalog/console/index.ts';
import type { Catalog } from '#catalog/contract.ts';
import type { Queries } from '#store/index.ts';
import { explorerSchema } from '../schema.ts';
import type { ScanFacts } from './schema-evidence.ts';

/** What scans say that evidence asks for, by their ids; each scan is read once and what it says is kept. */
export async function readScanFacts(
  queries: Queries,
  scans: readonly ScanId[],
): Promise<ReadonlyMap<ScanId, ScanFacts>> {
  const database = queries.query(explorerSchema);
  const kept = await database
    .selectFrom('evidence_scan')
    .selectAll()
    .where('scan', '=', sql<ScanId>`any(${scans}::uuid[])`)
    .execute();
  const facts = new Map(kept.map((row) => [row.scan as ScanId, row.facts]));
  for (const scan of scans) {
    if (facts.has(scan)) continue;
    const stored = await readScan(queries, scan);
    if (stored === undefined) continue;
    const own = factsOf(stored.catalog);
    facts.set(scan, own);
    await database
      .insertInto('evidence_scan')
      .values({ scan, facts: JSON.stringify(own) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return facts;
}

/** Packages that hold what runs containers, as distributions and vendors name them. */
export const runtimePackages: ReadonlySet<string> = new Set([
  'docker-ce',
  'docker.io',
  'moby-engine',
  'docker-engine',
  'podman',
  'containerd',
  'containerd.io',
  'runc',
  'crun',
  'moby-containerd',
  'moby-runc',
]);

const kernelName = /^(?:linux-image-\d|kernel(?:-core|-default)?$|linux-(?:lts|virt|hardened)$)/;

function factsOf({ packages, contents }: Catalog): ScanFacts {
  const set = contents?.malware?.set;
  return {
    ...(set !== undefined && { malware: { name: set.name, version: set.version, date: set.date } }),
    packages: packages.flatMap(({ name, version }): ScanFacts['packages'] => {
      if (runtimePackages.has(name)) return [{ name, version, kind: 'runtime' }];
      return kernelName.test(name) ? [{ name, version, kind: 'kernel' }] : [];
    }),
  };
}
