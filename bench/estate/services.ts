import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { createAdmission } from '../../src/admission/console/index.ts';
import { ledgerPurpose } from '../../src/admission/index.ts';
import type { ScanId } from '../../src/base/index.ts';
import { createCatalog } from '../../src/catalog/console/index.ts';
import { createExplorer } from '../../src/explorer/console/index.ts';
import { explorerSchema } from '../../src/explorer/console/schema.ts';
import { createInventory } from '../../src/inventory/console/index.ts';
import { openSigner } from '../../src/link/console/index.ts';
import { createPolicy } from '../../src/policy/console/index.ts';
import { createCompliance } from '#compliance/console/index.ts';
import { createProvenance, readOrigins } from '../../src/provenance/console/index.ts';
import { createRuntime, usualBucketSeconds } from '../../src/runtime/console/index.ts';
import type { Store } from '../../src/store/index.ts';
import { createVulnerability } from '../../src/vulnerability/console/index.ts';
import type { Matcher } from '../../src/vulnerability/matcher.ts';

/** No host of the estate asks for a ledger, so nothing is sealed by it. */
const masterKey = (): Buffer => Buffer.alloc(32);

/** All that reacts in a console. */
export async function servicesOn(on: Store, matcher: Matcher) {
  const clock = () => new Date();
  const base = { store: on, clock };
  return {
    compliance: await createCompliance(base),
    inventory: createInventory({ store: on }),
    catalog: createCatalog({ ...base, newScanId: () => randomUUID() as string as ScanId, originsOf: readOrigins }),
    vulnerability: createVulnerability({
      ...base,
      matcher,
    }),
    provenance: createProvenance({ ...base, masterKey: () => Buffer.alloc(32), usedBy: async () => [] }),
    policy: await createPolicy({ ...base, origin: () => 'http://127.0.0.1:8083', staleFeedDays: 7 }),
    admission: await createAdmission({
      ...base,
      ownImages: [],
      signer: openSigner({ ...base, masterKey }, ledgerPurpose),
    }),
    runtime: await createRuntime({ ...base, bucketSeconds: usualBucketSeconds }),
    explorer: createExplorer(base),
  };
}

/** Waits until nothing is left to react to. */
export async function untilIdle(on: Store): Promise<void> {
  for (;;) {
    const left = await sql<{ count: number }>`
      select count(*)::int as count from jobs.job where state in ('created', 'retry', 'active')`.execute(
      on.query(explorerSchema),
    );
    if (left.rows[0]?.count === 0) return;
    await wait(20);
  }
}
