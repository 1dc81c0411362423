import type { Transaction } from '#store/index.ts';
import { digestOf } from './digest.ts';
import { parts } from './parts.ts';
import { explorerSchema } from './schema.ts';
import { storable } from './search.ts';
import type { HostState } from './sources.ts';

/** Writes how a host stands and what on it no scan speaks for; `undefined`: it is known no longer. */
export async function saveHost(transaction: Transaction, host: string, state: HostState | undefined): Promise<void> {
  const database = transaction.query(explorerSchema);
  if (state === undefined) {
    await database.deleteFrom('host_row').where('host', '=', host).execute();
    await database.deleteFrom('unscanned_row').where('host', '=', host).execute();
    return;
  }
  const { environment = '', stale, unscanned } = state;
  const content = digestOf(JSON.stringify(unscanned));
  const known = await database.selectFrom('host_row').select('content').where('host', '=', host).executeTakeFirst();
  await database
    .insertInto('host_row')
    .values({ host, environment, stale, content })
    .onConflict((conflict) => conflict.column('host').doUpdateSet({ environment, stale, content }))
    .execute();
  if (known?.content !== content) await saveUnscanned(transaction, host, unscanned);
}

async function saveUnscanned(transaction: Transaction, host: string, targets: HostState['unscanned']): Promise<void> {
  const database = transaction.query(explorerSchema);
  await database.deleteFrom('unscanned_row').where('host', '=', host).execute();
  const rows = targets.map((target, position) => ({
    host,
    position,
    name: storable(target.name),
    code: target.code,
    reason: storable(target.reason),
  }));
  for (const part of parts(rows)) await database.insertInto('unscanned_row').values(part).execute();
}
