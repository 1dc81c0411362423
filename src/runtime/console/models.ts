import { type Selectable as Row, sql } from 'kysely';
import type { ImageDigest } from '#base/index.ts';
import { packJson, type Queries, type Transaction, unpackJson } from '#store/index.ts';
import { carryEvidence, type PlacedEvidence, seenInOf } from '../carry-evidence.ts';
import type { Evidence, Entry, Model } from '../contract.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

/** A model as it is stored. */
export type ModelRow = Row<RuntimeTables['model']>;
/** A person's word on one line; `origin`: the version that it was taken over from, as far as that is there still. */
export type Decision = Row<RuntimeTables['decision']> & { readonly origin: ImageDigest | null };

/** Models by their ids, with what people decided; those that there are none of are missing. */
export async function readModels(queries: Queries, ids: readonly string[]): Promise<readonly Model[]> {
  if (ids.length === 0) return [];
  const wanted = sql<string>`any(${ids}::text[])`;
  const database = queries.query(runtimeSchema);
  const rows = await database.selectFrom('model').selectAll().where('id', '=', wanted).orderBy('id').execute();
  const decisions = await decisionsOf(queries).where('decision.model', '=', wanted).execute();
  const byModel = Map.groupBy(decisions, ({ model }) => model);
  const sourcesOf = await readSources(queries, rows);
  return await Promise.all(
    rows.map(async (row) => toModel(row, await countedEvidence(row, sourcesOf(row)), byModel.get(row.id) ?? [])),
  );
}

/** What counts in a model, with where each entry was seen. */
export async function countedEvidence(
  row: Pick<ModelRow, 'environment' | 'evidence'>,
  sources: readonly PlacedEvidence[],
): Promise<Evidence> {
  const own = { environment: row.environment, evidence: await unpackEvidence(row) };
  const seenIn = seenInOf([own, ...sources]);
  const evidence = carryEvidence(own, sources);
  return { ...evidence, items: evidence.items.map((entry) => ({ ...entry, seenIn: seenIn.get(entry.key) ?? [] })) };
}

type Naming = Pick<ModelRow, 'key_id' | 'environment' | 'evidence_from'>;

/** Evidence of the other environments that count in each of these models. */
export async function readSources(
  queries: Queries,
  rows: readonly Naming[],
): Promise<(row: Naming) => readonly PlacedEvidence[]> {
  const naming = rows.filter(({ evidence_from: from }) => from.length > 0);
  if (naming.length === 0) return () => [];
  const found = await readPlacedEvidence(
    queries,
    naming.map(({ key_id }) => key_id),
  );
  return ({ key_id, evidence_from: from }) =>
    (found.get(key_id) ?? []).filter(({ environment }) => from.includes(environment));
}

/** Evidence of models in each environment, by `key_id`. */
async function readPlacedEvidence(
  queries: Queries,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly PlacedEvidence[]>> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('model')
    .select(['key_id', 'environment', 'evidence'])
    .where('key_id', '=', sql<string>`any(${[...new Set(keys)]}::text[])`)
    .orderBy('environment')
    .execute();
  const placed = await Promise.all(
    rows.map(async (row) => ({
      key: row.key_id,
      environment: row.environment,
      evidence: await unpackEvidence(row),
    })),
  );
  return Map.groupBy(placed, ({ key }) => key);
}

export async function readModel(queries: Queries, id: string): Promise<Model | undefined> {
  return (await readModels(queries, [id]))[0];
}

/** Takes the model's lock, which whoever writes it holds, and reads it. */
export async function lockModel(transaction: Transaction, id: string): Promise<ModelRow | undefined> {
  await transaction.lock(`model ${id}`);
  return await readModelRow(transaction, id);
}

export async function readModelRow(queries: Queries, id: string): Promise<ModelRow | undefined> {
  return await queries.query(runtimeSchema).selectFrom('model').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function readDecisions(queries: Queries, model: string): Promise<readonly Decision[]> {
  return await decisionsOf(queries).where('decision.model', '=', model).execute();
}

function decisionsOf(queries: Queries) {
  return queries
    .query(runtimeSchema)
    .selectFrom('decision')
    .leftJoin('model as made', 'made.id', 'decision.taken_from')
    .selectAll('decision')
    .select('made.digest as origin');
}

/** `evidence` is what counts there; people's decisions are laid over it. */
export function toModel(
  row: Omit<ModelRow, 'evidence' | 'counts' | 'content'>,
  evidence: Evidence,
  decisions: readonly Decision[],
): Model {
  return {
    key: { digest: row.digest, entrypoint: row.entrypoint },
    ...(row.environment === '' ? {} : { environment: row.environment }),
    ...(row.evidence_from.length === 0 ? {} : { evidenceFrom: row.evidence_from }),
    version: row.version,
    state: row.state,
    partial: row.partial,
    evidence: withDecisions(evidence, decisions),
    convergence: row.convergence,
    ...(row.activated_at === null ? {} : { activatedAt: row.activated_at.toISOString() }),
    ...(row.activated_by === null ? {} : { activatedBy: row.activated_by }),
    ...inheritedFrom(row),
  };
}

function inheritedFrom({
  inherited_from: digest,
  inherited_at: at,
  inherited_changes: changes,
}: Pick<ModelRow, 'inherited_from' | 'inherited_at' | 'inherited_changes'>): Pick<Model, 'inheritedFrom'> {
  if (digest === null || at === null) return {};
  return { inheritedFrom: { digest, at: at.toISOString(), ...(changes ? { changes } : {}) } };
}

/** A person's word on a line comes before what was learned of it. */
export function withDecisions(evidence: Evidence, decisions: readonly Decision[]): Evidence {
  if (decisions.length === 0) return evidence;
  const byKey = new Map(decisions.map((decision) => [decision.key, decision]));
  return { ...evidence, items: evidence.items.map((entry) => decided(entry, byKey.get(entry.key))) };
}

function decided(entry: Entry, decision: Decision | undefined): Entry {
  if (decision === undefined) return entry;
  return {
    ...entry,
    state: decision.decision === 'allow' ? 'confirmed' : 'denied',
    source: 'user',
    decidedBy: decision.decided_by,
    decidedAt: decision.decided_at.toISOString(),
    decision: {
      scope: decision.scope,
      reason: decision.reason,
      ...(decision.origin === null ? {} : { from: decision.origin }),
    },
  };
}

/** Raised when stored evidence changes its shape; older one is then converted where it is read. */
const format = 1;

export async function packEvidence(evidence: Evidence): Promise<Buffer> {
  return await packJson({ format, evidence });
}

/** It passed the contract when it came in, so only the frame is checked again. */
export async function unpackEvidence({ evidence }: Pick<ModelRow, 'evidence'>): Promise<Evidence> {
  const parsed = await unpackJson(evidence);
  if (!isFrame(parsed)) throw new Error('Stored evidence has a shape that this version does not read.');
  return parsed.evidence;
}

function isFrame(parsed: unknown): parsed is { readonly evidence: Evidence } {
  if (typeof parsed !== 'object' || parsed === null || !('format' in parsed) || parsed.format !== format) return false;
  return 'evidence' in parsed && typeof parsed.evidence === 'object' && parsed.evidence !== null;
}
