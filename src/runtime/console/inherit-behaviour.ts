import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { Evidence } from '../contract.ts';
import { mergeEvidence } from '../evidence.ts';
import { inherit, isSameLineage } from '../inherit.ts';
import { readExecutables } from './executables.ts';
import { lockModel, type ModelRow, readDecisions, toModel, unpackEvidence } from './models.ts';
import type { Parts } from './parts.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/**
 * Lets a new model take over what that of an older digest of the same lineage knows, once the executables of both images
 * are known. What it has learned meanwhile stays.
 */
export async function inheritBehaviour(parts: Parts, id: string): Promise<void> {
  await parts.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row === undefined || !isHeir(row)) return;
    const old = await predecessorOf(transaction, row);
    if (old === undefined) return;
    const before = await readExecutables(transaction, old.digest);
    const after = await readExecutables(transaction, row.digest);
    if (before === undefined || after === undefined) return;
    // People's words are copied for themselves: they are laid over what is stored.
    const taken = inherit(toModel(old, await unpackEvidence(old), []), {
      key: { digest: row.digest, entrypoint: row.entrypoint },
      before,
      after,
      now: parts.clock().getTime(),
    });
    await copyDecisions(transaction, old.id, id);
    const evidence = together(taken.evidence, await unpackEvidence(row));
    const columns = {
      state: taken.state,
      activated_at: old.activated_at,
      activated_by: old.activated_by,
      inherited_from: old.digest,
      inherited_at: parts.clock(),
      inherited_changes: JSON.stringify(taken.inheritedFrom?.changes ?? {}),
    };
    await saveModel(transaction, parts, { row, change: { evidence, columns, before: old.convergence } });
  });
}

/** After another scan speaks for an image: models of it, and of what may come after it. */
export async function inheritAfterScan(parts: Parts, subject: SubjectId): Promise<void> {
  for (const id of await possibleHeirs(parts.store, subject)) await inheritBehaviour(parts, id);
}

/** People's choice to learn anew, or by hand, is not undone. */
function isHeir({ state, inherited_from, learns_from }: ModelRow): boolean {
  return state === 'learning' && inherited_from === null && learns_from === null;
}

/** The newest model before it of the same lineage and environment. */
async function predecessorOf(transaction: Transaction, row: ModelRow): Promise<ModelRow | undefined> {
  const candidates = await transaction
    .query(runtimeSchema)
    .selectFrom('model')
    .selectAll()
    .where(sql<boolean>`repositories && ${row.repositories}::text[]`)
    .where('environment', '=', row.environment)
    .where('digest', '!=', row.digest)
    .where('created_at', '<=', row.created_at)
    .where('id', '!=', row.id)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return candidates.find((one) => isSameLineage(one, row));
}

async function possibleHeirs(queries: Queries, subject: SubjectId): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from runtime.model as heir
    where state = 'learning' and inherited_from is null and learns_from is null and (digest = ${subject} or exists (
      select from runtime.model as old where old.digest = ${subject} and old.environment = heir.environment
        and old.repositories && heir.repositories))
    order by id`.execute(queries.query(runtimeSchema));
  return rows.map(({ id }) => id);
}

async function copyDecisions(transaction: Transaction, from: string, to: string): Promise<void> {
  const decisions = await readDecisions(transaction, from);
  if (decisions.length === 0) return;
  await transaction
    .query(runtimeSchema)
    .insertInto('decision')
    .values(decisions.map((decision) => ({ ...decision, model: to })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What was seen under the new digest already is certain. */
function together(taken: Evidence, own: Evidence): Evidence {
  const inherited = new Set(taken.items.map(({ key }) => key));
  const seen = own.items.map((item) => (inherited.has(item.key) ? { ...item, confidence: 1 } : item));
  return mergeEvidence(taken, { ...own, items: seen });
}
