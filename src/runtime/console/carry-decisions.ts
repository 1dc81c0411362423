import { sql } from 'kysely';
import type { Queries, Transaction } from '#store/index.ts';
import type { Evidence, Entry } from '../contract.ts';
import { emptyEvidence, mergeEvidence } from '../evidence.ts';
import { emptyRing, encodeHours } from '../hours.ts';
import { isSameLineage } from '../inherit.ts';
import { type Decision, lockModel, type ModelRow, readDecisions, unpackEvidence } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/** Versions before a model that it takes decisions over from. */
const mostBefore = 50;
/** Versions after a model that are told of a decision at once; those beyond take it over when they change. */
const mostAfter = 100;

/** Models by which lineages are told apart. */
type Related = Pick<ModelRow, 'id' | 'digest' | 'environment' | 'entrypoint' | 'repositories' | 'created_at'>;

const relatedColumns = ['id', 'digest', 'environment', 'entrypoint', 'repositories', 'created_at'] as const;

/**
 * The newest model before it of the same lineage and environment: of any version, or of one of which a container was
 * started. Of the others nobody knows what they do.
 */
export async function predecessorOf(
  queries: Queries,
  model: Related,
  which: 'any' | 'started',
): Promise<Related | undefined> {
  const related = relatedTo(queries, model).where('created_at', '<=', model.created_at);
  const candidates = await (which === 'any' ? related : related.where('awaits_start', '=', false))
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return candidates.find((one) => isSameLineage(one, model));
}

/** Later versions of a model's image in its environment, oldest first. */
export async function successorsOf(queries: Queries, model: Related): Promise<readonly Related[]> {
  const candidates = await relatedTo(queries, model)
    .where('created_at', '>=', model.created_at)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return candidates.filter((one) => isSameLineage(one, model)).slice(0, mostAfter);
}

function relatedTo(queries: Queries, { id, digest, environment, repositories }: Related) {
  return queries
    .query(runtimeSchema)
    .selectFrom('model')
    .select(relatedColumns)
    .where(sql<boolean>`repositories && ${repositories}::text[]`)
    .where('environment', '=', environment)
    .where('digest', '!=', digest)
    .where('id', '!=', id);
}

/** After `entriesDecided`: decisions of versions before came to a model, or went from it. */
export async function followDecisions(dependencies: Dependencies, id: string): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row === undefined) return;
    const { evidence } = await takeOverDecisions(transaction, row, await unpackEvidence(row));
    await saveModel(transaction, dependencies, { row, change: { evidence } });
  });
}

/** A model that appeared takes over what was decided for it, also where nobody knows yet what its programs are. */
export async function receiveDecisions(dependencies: Dependencies, id: string): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row === undefined) return;
    const { evidence, taken } = await takeOverDecisions(transaction, row, await unpackEvidence(row));
    if (taken > 0) await saveModel(transaction, dependencies, { row, change: { evidence } });
  });
}

export interface TakenOver {
  /** With the lines that the decisions are about. */
  readonly evidence: Evidence;
  readonly taken: number;
}

/**
 * Brings decisions of versions before to a model; what a person decided in it itself stays. Needs the model's lock, and
 * whoever calls saves the model.
 */
export async function takeOverDecisions(
  transaction: Transaction,
  row: ModelRow,
  evidence: Evidence,
): Promise<TakenOver> {
  const own = new Map((await readDecisions(transaction, row.id)).map((one) => [one.key, one]));
  const lasting = await lastingBefore(transaction, row);
  const due = [...lasting.values()].filter(({ decision }) => isDue(decision, own.get(decision.key)));
  const taken = due.length;
  if (taken === 0) return { evidence, taken };
  await storeTaken(
    transaction,
    row.id,
    due.map(({ decision }) => decision),
  );
  const known = new Set(evidence.items.map(({ key }) => key));
  const missing = due.filter(({ decision }) => !known.has(decision.key));
  if (missing.length === 0) return { evidence, taken };
  const items = await linesOf(transaction, missing);
  return { evidence: mergeEvidence(evidence, { ...emptyEvidence, items }), taken };
}

/** A decision of a version before, and the model that has its line. */
interface Lasting {
  readonly decision: Decision;
  readonly from: string;
}

/**
 * What versions before decided for later ones, by key: what was decided in the nearest one itself holds, else what a near
 * one took over of a version that is gone.
 */
async function lastingBefore(transaction: Transaction, row: ModelRow): Promise<ReadonlyMap<string, Lasting>> {
  const made = new Map<string, Lasting>();
  const taken = new Map<string, Lasting>();
  const models = new Set<string>();
  let before = await predecessorOf(transaction, row, 'any');
  while (before !== undefined && models.size < mostBefore && !models.has(before.id)) {
    const { id } = before;
    models.add(id);
    for (const decision of await readDecisions(transaction, id)) {
      const found = decision.taken_from === null ? made : taken;
      if (decision.scope === 'lineage' && !found.has(decision.key))
        found.set(decision.key, { decision: { ...decision, taken_from: decision.taken_from ?? id }, from: id });
    }
    before = await predecessorOf(transaction, before, 'any');
  }
  return new Map([...taken, ...made]);
}

function isDue(decision: Decision, own: Decision | undefined): boolean {
  if (own === undefined) return true;
  if (own.taken_from === null) return false;
  return own.taken_from !== decision.taken_from || own.decided_at.getTime() !== decision.decided_at.getTime();
}

/** Rows of one statement. */
const rowsAtOnce = 1_000;

async function storeTaken(transaction: Transaction, model: string, decisions: readonly Decision[]): Promise<void> {
  const rows = decisions.map(({ key_digest, key, decision, reason, decided_by, decided_at, scope, taken_from }) => ({
    model,
    key_digest,
    key,
    decision,
    reason,
    decided_by,
    decided_at,
    scope,
    taken_from,
  }));
  for (let at = 0; at < rows.length; at += rowsAtOnce)
    await transaction
      .query(runtimeSchema)
      .insertInto('decision')
      .values(rows.slice(at, at + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.columns(['model', 'key_digest']).doUpdateSet((is) => ({
          decision: is.ref('excluded.decision'),
          reason: is.ref('excluded.reason'),
          decided_by: is.ref('excluded.decided_by'),
          decided_at: is.ref('excluded.decided_at'),
          scope: is.ref('excluded.scope'),
          taken_from: is.ref('excluded.taken_from'),
        })),
      )
      .execute();
}

/** Lines as the version before had them, without what was seen there. */
async function linesOf(transaction: Transaction, missing: readonly Lasting[]): Promise<readonly Entry[]> {
  const byModel = Map.groupBy(missing, ({ from }) => from);
  const lines: Entry[] = [];
  for (const [model, some] of byModel) {
    const row = await transaction
      .query(runtimeSchema)
      .selectFrom('model')
      .select('evidence')
      .where('id', '=', model)
      .executeTakeFirst();
    if (row === undefined) continue;
    const wanted = new Set(some.map(({ decision }) => decision.key));
    lines.push(...(await unpackEvidence(row)).items.filter(({ key }) => wanted.has(key)).map(unseen));
  }
  return lines;
}

/** When the decision is taken back, what waited waits again, and nothing is trusted that this version did not do. */
function unseen({ key, fact, class: weight, state, why }: Entry): Entry {
  const none = encodeHours(emptyRing);
  return {
    key,
    fact,
    class: weight,
    state: state === 'review' ? 'review' : 'graveyard',
    source: 'inherited',
    boot: none,
    run: none,
    days: [],
    ...(why === undefined ? {} : { why }),
  };
}
