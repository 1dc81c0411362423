import { createHash } from 'node:crypto';
import type { Queries, Transaction } from '#store/index.ts';
import {
  type Convergence,
  Dimension,
  type Evidence,
  type Entry,
  type EntryState,
  type ModelSummary,
} from '../contract.ts';
import { converge, modelStateOf } from '../converge.ts';
import { isPartial } from '../evidence.ts';
import { isBeingCorroborated, settle } from '../settle.ts';
import { carryEvidence } from '../carry-evidence.ts';
import { evidenceChanged, modelActivated, modelChanged } from './facts.ts';
import { type ModelRow, packEvidence, readDecisions, readSources, withDecisions } from './models.ts';
import { notifyAgents } from './notify-agents.ts';
import { bucketOf, type Dependencies } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';

type Changeable =
  | 'evidence_from'
  | 'state'
  | 'activated_at'
  | 'activated_by'
  | 'inherited_from'
  | 'inherited_at'
  | 'learns_from';
type Columns = Partial<Pick<ModelRow, Changeable> & { readonly inherited_changes: string | null }>;

/** How a model is to stand from now on; what is not named stays. */
export interface ModelChange {
  readonly evidence: Evidence;
  readonly columns?: Columns;
  /** Where its dimensions stood, below which they do not fall. */
  readonly before?: ModelRow['convergence'];
}

/**
 * Stores a model with what follows from its evidence and from what people decided. Its version rises when agents must
 * hear of it. Needs the model's lock.
 */
export async function saveModel(
  transaction: Transaction,
  dependencies: Dependencies,
  { row, change }: { readonly row: ModelRow; readonly change: ModelChange },
): Promise<void> {
  const now = dependencies.clock();
  const settled = { ...change.evidence, items: change.evidence.items.map(settle) };
  const evidence = await shownEvidence(transaction, { ...row, ...change.columns }, settled);
  const convergence = convergenceOf(evidence, change.before ?? row.convergence, { ...dependencies, now });
  const next = { ...row, ...change.columns, partial: isPartial(evidence), convergence };
  const state = modelStateOf(next.state, convergence);
  const isActivated = state === 'active' && next.state !== 'active';
  const model = { ...next, state, activated_at: isActivated ? now : next.activated_at };
  const content = contentOf(model, evidence);
  const version = content === row.content ? row.version : row.version + 1;
  const packed = await packEvidence(settled);
  await transaction
    .query(runtimeSchema)
    .updateTable('model')
    .set({
      ...change.columns,
      state,
      partial: model.partial,
      activated_at: model.activated_at,
      convergence: JSON.stringify(convergence),
      content,
      version,
      evidence: packed,
      counts: JSON.stringify(countsOf(evidence.items)),
      evaluated: bucketOf(now, dependencies),
      changed_at: now,
    })
    .where('id', '=', row.id)
    .execute();
  await drawCurve(transaction, { ...row, convergence }, { now, bucket: bucketOf(now, dependencies) });
  await transaction.announce(modelChanged, { model: row.id });
  if (!packed.equals(row.evidence)) await transaction.announce(evidenceChanged, { model: row.id });
  if (isActivated) await transaction.announce(modelActivated, { model: row.id });
  if (version !== row.version) await notifyAgents(transaction, { kind: 'image', digest: row.digest });
}

/** What counts in a model: its own evidence, that of environments which its rule names, and people's decisions. */
export async function shownEvidence(
  queries: Queries,
  row: Pick<ModelRow, 'id' | 'key_id' | 'environment' | 'evidence_from'>,
  own: Evidence,
): Promise<Evidence> {
  const sourcesOf = await readSources(queries, [row]);
  const evidence = carryEvidence({ environment: row.environment, evidence: own }, sourcesOf(row));
  return withDecisions(evidence, await readDecisions(queries, row.id));
}

/** How far each dimension has come of which anything is known. */
export function convergenceOf(
  evidence: Evidence,
  before: ModelRow['convergence'],
  { bucketSeconds, now }: { readonly bucketSeconds: number; readonly now: Date },
): ModelRow['convergence'] {
  const known = Dimension.options.filter((dimension) => evidence.dimensions[dimension] !== undefined);
  return Object.fromEntries(
    known.map((dimension) => [
      dimension,
      converge(evidence, dimension, { bucketSeconds, now: now.getTime(), before: before[dimension] }),
    ]),
  );
}

/** One point for each dimension and bucket: the newest. */
async function drawCurve(
  transaction: Transaction,
  { id, convergence }: Pick<ModelRow, 'id' | 'convergence'>,
  { now, bucket }: { readonly now: Date; readonly bucket: number },
): Promise<void> {
  const points = Dimension.options.flatMap((dimension) => {
    const come = convergence[dimension];
    return come === undefined
      ? []
      : [{ model: id, dimension, bucket, at: now, hours: come.hours, upper80: come.upper80 ?? null }];
  });
  if (points.length === 0) return;
  await transaction
    .query(runtimeSchema)
    .insertInto('curve')
    .values(points)
    .onConflict((conflict) =>
      conflict.columns(['model', 'dimension', 'bucket']).doUpdateSet((point) => ({
        at: point.ref('excluded.at'),
        hours: point.ref('excluded.hours'),
        upper80: point.ref('excluded.upper80'),
      })),
    )
    .execute();
}

function countsOf(items: readonly Entry[]): ModelSummary['counts'] {
  const count = (state: EntryState): number => items.filter((entry) => entry.state === state).length;
  return {
    entries: count('confirmed'),
    unconfirmed: count('unconfirmed'),
    pending: count('pending'),
    review: count('review'),
  };
}

/** What agents judge by. Hours alone are not in it: each agent counts its own, and hears of all with the next change. */
function contentOf(model: Pick<ModelRow, Changeable | 'partial' | 'convergence'>, evidence: Evidence): string {
  const { state, partial, convergence, activated_at, activated_by, inherited_from, learns_from } = model;
  const verdicts = Object.entries(convergence).map(([dimension, come]) => [dimension, ...standOf(come)]);
  const lines = evidence.items.map((entry) => [
    entry.key,
    entry.state,
    entry.class,
    entry.source,
    // With few boots and with enough: what is being corroborated is let run.
    isBeingCorroborated(entry, 'few'),
    isBeingCorroborated(entry, 'enough'),
  ]);
  const reported = [state, partial, activated_at, activated_by, inherited_from, learns_from, verdicts, lines];
  return createHash('sha256').update(JSON.stringify(reported)).digest('hex');
}

/** Beyond three starts, and whatever the bound, agents do the same. */
function standOf({ verdict, hourOfDayMask, weekdayMask, starts }: Convergence): readonly (string | number)[] {
  return [verdict, hourOfDayMask, weekdayMask, Math.min(starts, 3)];
}
