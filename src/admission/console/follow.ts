import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { hostsHolding, readHostEnvironments } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { readTroubles } from './ledger-troubles.ts';
import type { Dependencies } from './dependencies.ts';
import { environmentsDigest, publishLedgers } from './publish-ledgers.ts';
import { admissionSchema } from './schema.ts';

/** Ledgers of the hosts on which one of the subjects lies: verdicts of it changed, or it lies elsewhere. */
export async function followSubjects(dependencies: Dependencies, subjects: readonly SubjectId[]): Promise<void> {
  const holding = await hostsHolding(dependencies.store, [...new Set(subjects)]);
  await publishLedgers(dependencies, await withLedger(dependencies.store, holding));
}

/** The ledger of a host whose environments changed. A host reports much, and seldom that. */
export async function followHost(dependencies: Dependencies, host: string): Promise<void> {
  const environments = await readHostEnvironments(dependencies.store, host);
  const known = await dependencies.store
    .query(admissionSchema)
    .selectFrom('ledger')
    .select('environments')
    .where('host', '=', host)
    .executeTakeFirst();
  if (environments === undefined || known === undefined || known.environments === environmentsDigest(environments))
    return;
  await publishLedgers(dependencies, [host]);
}

/** All ledgers: rules or collections changed. */
export async function followRules(dependencies: Dependencies): Promise<void> {
  await publishLedgers(dependencies, await withLedger(dependencies.store, undefined));
}

/** Ledgers that could not be made when something changed. */
export async function followTroubles(dependencies: Dependencies): Promise<void> {
  await publishLedgers(dependencies, [...(await readTroubles(dependencies.store)).keys()]);
}

/** The first ledger of a host is made when its agent asks for it. */
async function withLedger(queries: Queries, hosts: readonly string[] | undefined): Promise<readonly string[]> {
  const rows = await queries
    .query(admissionSchema)
    .selectFrom('ledger')
    .select('host')
    .where(hosts === undefined ? sql<boolean>`true` : sql<boolean>`host = any(${hosts}::text[])`)
    .orderBy('host')
    .execute();
  return rows.map(({ host }) => host);
}
