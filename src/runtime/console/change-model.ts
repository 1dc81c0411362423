import { AppError } from '#base/index.ts';
import { type Author, audit } from '#access/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { changeModel, Evidence, Entry } from '../contract.ts';
import { emptyEvidence } from '../evidence.ts';
import { emptyRing, encodeHours } from '../hours.ts';
import { targetOf } from './decide-entry.ts';
import { type Decision, lockModel, type ModelRow, readDecisions, unpackEvidence } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { type ModelChange, saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

type Wanted = HandlerInput<typeof changeModel>['body'] & { readonly model: string };

/** Lets a model learn anew, switches it on or freezes it. Throws `not-found`. */
export async function change(dependencies: Dependencies, { model, to }: Wanted, author: Author): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, model);
    if (row === undefined) throw new AppError('not-found', 'There is no such model.');
    if (row.state === to && to !== 'relearning') return;
    const evidence = await unpackEvidence(row);
    const decisions = await readDecisions(transaction, model);
    const asked = { to, evidence, decisions, by: author.actor.name, now: dependencies.clock() };
    await saveModel(transaction, dependencies, { row, change: changeOf(row, asked) });
    // What hosts brought in before does not count against them.
    if (to === 'relearning')
      await transaction.query(runtimeSchema).deleteFrom('contribution').where('model', '=', model).execute();
    await audit(transaction, {
      ...author,
      action: 'model-changed',
      target: targetOf(row),
      detail: { before: row.state, after: to },
    });
  });
}

interface Asked {
  readonly to: Wanted['to'];
  readonly evidence: Evidence;
  readonly decisions: readonly Decision[];
  readonly by: string;
  readonly now: Date;
}

function changeOf(row: ModelRow, { to, evidence, decisions, by, now }: Asked): ModelChange {
  switch (to) {
    case 'active':
      return { evidence, columns: { state: to, activated_at: row.activated_at ?? now, activated_by: by } };
    case 'manual':
      return { evidence, columns: { state: to } };
    case 'relearning':
      return {
        evidence: decidedOnly(evidence, decisions),
        before: {},
        columns: {
          state: to,
          activated_at: null,
          activated_by: null,
          inherited_from: null,
          inherited_at: null,
          inherited_changes: null,
          learns_from: now,
        },
      };
    default:
      return to satisfies never;
  }
}

/** What people decided stays; when it was seen is counted anew. */
function decidedOnly({ items }: Evidence, decisions: readonly Decision[]): Evidence {
  const keys = new Set(decisions.map(({ key }) => key));
  const none = encodeHours(emptyRing);
  const kept = items.filter(({ key }) => keys.has(key));
  return { ...emptyEvidence, items: kept.map((entry): Entry => ({ ...entry, boot: none, run: none, days: [] })) };
}
