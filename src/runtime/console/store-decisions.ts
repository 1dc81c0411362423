import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import type { Transaction } from '#store/index.ts';
import type { DecisionScope } from '../contract.ts';
import { successorsOf } from './carry-decisions.ts';
import { entriesDecided } from './facts.ts';
import type { Decision, ModelRow } from './models.ts';
import { runtimeSchema } from './schema.ts';

/** What a person says of entries. */
export interface Word {
  readonly decision: 'allow' | 'deny' | 'undo';
  readonly reason: string;
  readonly scope: DecisionScope;
  readonly by: string;
  readonly at: Date;
}

/** Names an entry: an index holds no key of 8,192 characters. */
export function entryIdOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * Stores a person's word on entries of a model, and takes back what other versions had of it: a word that is for later
 * versions reaches them anew. Taking back one that came from a version before ends it there and everywhere. Needs the
 * model's lock; whoever calls saves the model.
 */
export async function storeDecisions(
  transaction: Transaction,
  row: ModelRow,
  {
    keys,
    before,
    word,
  }: { readonly keys: readonly string[]; readonly before: readonly Decision[]; readonly word: Word },
): Promise<void> {
  const ids = keys.map(entryIdOf);
  const origins = word.decision === 'undo' ? originsOf(before, ids) : new Map([[row.id, ids]]);
  const touched = new Set<string>();
  for (const [model, entries] of origins) {
    for (const other of await withdraw(transaction, model, entries)) touched.add(other);
    if (model !== row.id) touched.add(model);
  }
  if (word.decision !== 'undo') await insert(transaction, row.id, { ...word, keys, decision: word.decision });
  if (word.decision === 'undo' || word.scope === 'lineage')
    for (const { id } of await successorsOf(transaction, row)) touched.add(id);
  touched.delete(row.id);
  await transaction.announceAll(
    entriesDecided,
    [...touched].toSorted().map((model) => ({ model })),
  );
}

/** Entries by the model in which they were decided. */
function originsOf(before: readonly Decision[], ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const wanted = before.filter(({ key_digest: id }) => ids.includes(id));
  const byOrigin = Map.groupBy(wanted, ({ model, taken_from: from }) => from ?? model);
  return new Map([...byOrigin].map(([model, some]) => [model, some.map(({ key_digest: id }) => id)]));
}

/** Deletes decisions where they were made and where they were taken over. Gives the models that had taken them over. */
async function withdraw(
  transaction: Transaction,
  model: string,
  entries: readonly string[],
): Promise<readonly string[]> {
  const rows = await transaction
    .query(runtimeSchema)
    .deleteFrom('decision')
    .where('key_digest', '=', sql<string>`any(${entries}::text[])`)
    .where((is) => is.or([is('model', '=', model), is('taken_from', '=', model)]))
    .returning('model')
    .execute();
  return rows.map((row) => row.model).filter((one) => one !== model);
}

/** Rows of one statement. */
const rowsAtOnce = 1_000;

async function insert(
  transaction: Transaction,
  model: string,
  {
    keys,
    decision,
    reason,
    scope,
    by,
    at,
  }: Word & { readonly keys: readonly string[]; readonly decision: 'allow' | 'deny' },
): Promise<void> {
  const said = { decision, reason, scope, decided_by: by, decided_at: at, taken_from: null };
  for (let from = 0; from < keys.length; from += rowsAtOnce)
    await transaction
      .query(runtimeSchema)
      .insertInto('decision')
      .values(keys.slice(from, from + rowsAtOnce).map((key) => ({ model, key_digest: entryIdOf(key), key, ...said })))
      .onConflict((conflict) => conflict.columns(['model', 'key_digest']).doUpdateSet(said))
      .execute();
}
