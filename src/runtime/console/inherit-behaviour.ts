import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { Evidence, Entry } from '../contract.ts';
import { mergeEvidence } from '../evidence.ts';
import { decodeHours, isEmptyRing } from '../hours.ts';
import { inherit } from '../inherit.ts';
import { predecessorOf, takeOverDecisions } from './carry-decisions.ts';
import { readExecutables } from './executables.ts';
import { lockModel, type ModelRow, readModelRow, toModel, unpackEvidence } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/**
 * Lets a new model take over what that of an older digest of the same lineage knows, once the executables of both images
 * are known. What it has learned meanwhile stays.
 */
export async function inheritBehaviour(dependencies: Dependencies, id: string): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row !== undefined && isHeir(row)) await takeOver(transaction, dependencies, row);
  });
}

/** Takes over once more: the version before went on while this one waited for its first start. */
export async function inheritAgain(dependencies: Dependencies, id: string): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row !== undefined && mayTakeOver(row)) await takeOver(transaction, dependencies, row);
  });
}

/** Models that still wait for their first start know what the version before knows by now. */
export async function inheritWaiting(dependencies: Dependencies): Promise<void> {
  const waiting = await dependencies.store
    .query(runtimeSchema)
    .selectFrom('model')
    .select('id')
    .where('awaits_start', '=', true)
    .where('state', '!=', 'archived')
    .orderBy('id')
    .execute();
  for (const { id } of waiting) await inheritAgain(dependencies, id);
}

async function takeOver(transaction: Transaction, dependencies: Dependencies, row: ModelRow): Promise<void> {
  const version = await predecessorOf(transaction, row, 'started');
  const old = version === undefined ? undefined : await readModelRow(transaction, version.id);
  if (old === undefined) return;
  const programs = {
    before: await readExecutables(transaction, old.digest),
    after: await readExecutables(transaction, row.digest),
  };
  if (programs.before === undefined || programs.after === undefined) return;
  // People's words are copied for themselves: they are laid over what is stored.
  const taken = inherit(toModel(old, await unpackEvidence(old), []), {
    key: { digest: row.digest, entrypoint: row.entrypoint },
    ...programs,
    now: dependencies.clock().getTime(),
  });
  const { evidence: before } = await takeOverDecisions(transaction, row, await unpackEvidence(row));
  const isFirst = row.inherited_from === null;
  const evidence = isFirst ? together(taken.evidence, before) : mergeEvidence(taken.evidence, withoutInherited(before));
  // What a person activated stays so, and no model falls back because the one before it does.
  const follows = isFirst || (row.state === 'learning' && taken.state === 'active');
  const columns = {
    ...(follows && { state: taken.state, activated_at: old.activated_at, activated_by: old.activated_by }),
    inherited_from: old.digest,
    ...(isFirst && { inherited_at: dependencies.clock() }),
    inherited_changes: JSON.stringify(taken.inheritedFrom?.changes ?? {}),
  };
  await saveModel(transaction, dependencies, {
    row,
    change: { evidence, columns, before: (follows ? old : row).convergence },
  });
}

/** After another scan speaks for an image: models of it, and of what may come after it. */
export async function inheritAfterScan(dependencies: Dependencies, subject: SubjectId): Promise<void> {
  for (const id of await possibleHeirs(dependencies.store, subject)) await inheritBehaviour(dependencies, id);
}

function isHeir(row: ModelRow): boolean {
  return row.state === 'learning' && row.inherited_from === null && mayTakeOver(row);
}

/** A person's choice to learn anew, or by hand, is not undone. */
function mayTakeOver({ state, learns_from }: ModelRow): boolean {
  return (state === 'learning' || state === 'active') && learns_from === null;
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

/** What was seen under the new digest already is certain. */
function together(taken: Evidence, own: Evidence): Evidence {
  const inherited = new Set(taken.items.map(({ key }) => key));
  const seen = own.items.map((entry) =>
    inherited.has(entry.key) && wasSeen(entry) ? { ...entry, confidence: 1 } : entry,
  );
  return mergeEvidence(taken, { ...own, items: seen });
}

/** What was taken over before is taken over anew; lines that decisions are about, and what was seen here, stay. */
function withoutInherited({ items, ...evidence }: Evidence): Evidence {
  return { ...evidence, items: items.filter((entry) => entry.source !== 'inherited' || !wasSeen(entry)) };
}

/** A line that a decision brought along was not. */
function wasSeen({ boot, run }: Entry): boolean {
  return [boot, run].some((hours) => !isEmptyRing(decodeHours(hours)));
}
