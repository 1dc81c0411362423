import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { hostsHolding, readHostEnvironments } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { readTroubles } from './ledger-troubles.ts';
import type { Parts } from './parts.ts';
import { environmentsDigest, publishLedgers } from './publish-ledgers.ts';
import { admissionSchema } from './schema.ts';

/** Ledgers of the hosts on which one of the subjects lies: verdicts of it changed, or it lies elsewhere. */
export async function followSubjects(parts: Parts, subjects: readonly SubjectId[]): Promise<void> {
  const holding = await hostsHolding(parts.store, [...new Set(subjects)]);
  await publishLedgers(parts, await withLedger(parts.store, holding));
}

/** The ledger of a host whose environments changed. A host reports much, and seldom that. */
export async function followHost(parts: Parts, host: string): Promise<void> {
  const environments = await readHostEnvironments(parts.store, host);
  const known = await parts.store
    .query(admissionSchema)
    .selectFrom('ledger')
    .select('environments')
    .where('host', '=', host)
    .executeTakeFirst();
  if (environments === undefined || known === undefined || known.environments === environmentsDigest(environments))
    return;
  await publishLedgers(parts, [host]);
}

/** All ledgers: rules or collections changed. */
export async function followRules(parts: Parts): Promise<void> {
  await publishLedgers(parts, await withLedger(parts.store, undefined));
}

/** Ledgers that could not be made when something changed. */
export async function followTroubles(parts: Parts): Promise<void> {
  await publishLedgers(parts, [...(await readTroubles(parts.store)).keys()]);
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
