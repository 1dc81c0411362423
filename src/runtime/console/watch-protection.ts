import { sql } from 'kysely';
import { isReported } from '../protection-of.ts';
import type { Dependencies } from './dependencies.ts';
import { saveProtectionIncidents } from './protection-incidents.ts';
import { isNotProtected, type ProtectedContainer, readProtections } from './protections.ts';
import { runtimeSchema } from './schema.ts';

/** Milliseconds for which a container may be without what its rule asks for: its policy is on its way. */
export const grace = 60_000;

/**
 * Containers whose rule prevents something that is not prevented there, for longer than the grace, by their host's own
 * word, become incidents; those that are protected, or ended, are none any more. Where the host says nothing, nothing is
 * opened and nothing closed.
 */
export async function watchProtection(dependencies: Dependencies): Promise<void> {
  const touched = await hostsTouched(dependencies);
  for await (const some of readProtections(dependencies.store, undefined)) {
    for (const [host, containers] of Map.groupBy(some, ({ place }) => place.host)) {
      const isTouched = touched.delete(host);
      if (isTouched || containers.some(isConcerned)) await watchHost(dependencies, host, containers);
    }
  }
  for (const host of touched) await watchHost(dependencies, host, []);
}

function isConcerned({ protection }: ProtectedContainer): boolean {
  return isNotProtected(protection) && isReported(protection);
}

/** Hosts of which something waits, or is open. */
async function hostsTouched({ store }: Dependencies): Promise<Set<string>> {
  const { rows } = await sql<{ host: string }>`
    select distinct host from runtime.unprotected
    union select distinct host from runtime.incident where topic = 'unprotected' and state <> 'closed'`.execute(
    store.query(runtimeSchema),
  );
  return new Set(rows.map(({ host }) => host));
}

async function watchHost(
  { store, clock }: Dependencies,
  host: string,
  containers: readonly ProtectedContainer[],
): Promise<void> {
  const concerned = containers.filter(isConcerned);
  const silent = containers.filter(({ protection }) => isNotProtected(protection) && !isReported(protection));
  const at = clock();
  await store.transaction(async (transaction) => {
    await transaction.lock(`detections ${host}`);
    const database = transaction.query(runtimeSchema);
    const kept = [...concerned, ...silent].map(({ id }) => id);
    await database
      .deleteFrom('unprotected')
      .where('host', '=', host)
      .where('container', '!=', sql<string>`all(${kept}::text[])`)
      .execute();
    if (concerned.length > 0)
      await sql`
        insert into runtime.unprotected (host, container, since)
        select ${host}, container, ${at} from unnest(${concerned.map(({ id }) => id)}::text[]) as container
        on conflict do nothing`.execute(database);
    const rows = await database.selectFrom('unprotected').selectAll().where('host', '=', host).execute();
    const since = new Map(rows.map((row) => [row.container, row.since]));
    const due = concerned.flatMap((container) => {
      const from = since.get(container.id);
      return from !== undefined && at.getTime() - from.getTime() > grace ? [{ container, since: from }] : [];
    });
    await saveProtectionIncidents(transaction, { host, at, due, silent });
  });
}
