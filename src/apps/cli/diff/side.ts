import { stat } from 'node:fs/promises';
import { matchCatalog, type VulnerabilityDatabase } from '#vulnerability/index.ts';
import { doubtsOf } from '../scan/doubts.ts';
import type { Scanned } from '../scan/scan-target.ts';
import { readMatchedResult } from '../scan/read-result.ts';
import type { JsonResult } from '../scan/schema.ts';

/** One of two results that are compared. */
export interface Side extends Pick<JsonResult, 'target' | 'findings'> {
  readonly packages: readonly Pick<JsonResult['packages'][number], 'type' | 'name' | 'version'>[];
  /** Why its findings may lack some; empty: all of it was seen and judged. */
  readonly doubts: readonly string[];
}

/** What a side needs where it is no result yet. */
interface Scanning {
  readonly scan: (target: string) => Promise<Scanned>;
  readonly database: () => VulnerabilityDatabase;
}

/** The result that a file holds, else what a scan of the target finds here. */
export async function sideOf(named: string, { scan, database }: Scanning): Promise<Side> {
  if (await isResultFile(named)) {
    const { target, findings, packages, faults } = await readMatchedResult(named);
    return { target, findings, packages, doubts: doubtsOf(faults) };
  }
  const open = database();
  const { target, catalog } = await scan(named);
  const { findings, faults } = matchCatalog(catalog, open);
  return { target, findings, packages: catalog.packages, doubts: doubtsOf([...catalog.faults, ...faults]) };
}

async function isResultFile(named: string): Promise<boolean> {
  if (!named.endsWith('.json')) return false;
  return await stat(named).then(
    (found) => found.isFile(),
    () => false,
  );
}
