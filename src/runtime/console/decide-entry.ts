import { AppError } from '#base/index.ts';
import { audit, type Writer } from '#access/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { decideEntry, Entry } from '../contract.ts';
import { takeOverDecisions } from './carry-decisions.ts';
import { lockModel, type ModelRow, readDecisions, unpackEvidence } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { saveModel, shownEvidence } from './save-model.ts';
import { storeDecisions } from './store-decisions.ts';

type Wanted = HandlerInput<typeof decideEntry>['body'] & { readonly model: string };

const actions = { allow: 'model-entry-allowed', deny: 'model-entry-denied', undo: 'model-decision-undone' } as const;

/** Takes a person's word on one entry. Throws `not-found` when the model has no such entry. */
export async function decide(
  dependencies: Dependencies,
  wanted: Wanted,
  { principal, author }: Writer,
): Promise<Entry> {
  return await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, wanted.model);
    if (row === undefined) throw new AppError('not-found', 'There is no such model.');
    const own = await unpackEvidence(row);
    const read = async (): Promise<Entry | undefined> =>
      (await shownEvidence(transaction, row, own)).items.find(({ key }) => key === wanted.key);
    const before = await read();
    if (before === undefined)
      throw new AppError('not-found', 'The model has no such entry.', {
        next: 'What was seen a moment ago comes with the next report of its host: try again in a minute.',
      });
    const { decision, reason, scope } = wanted;
    await storeDecisions(transaction, row, {
      keys: [wanted.key],
      before: await readDecisions(transaction, row.id),
      word: { decision, reason, scope, by: principal.name, at: dependencies.clock() },
    });
    const { evidence } = await takeOverDecisions(transaction, row, own);
    await saveModel(transaction, dependencies, { row, change: { evidence } });
    const after = (await read()) ?? before;
    await audit(transaction, {
      ...author,
      action: actions[decision],
      target: targetOf(row),
      detail: {
        entry: wanted.key,
        before: before.state,
        after: after.state,
        reason,
        ...(decision === 'undo' ? fromOf(before) : { scope }),
      },
    });
    return after;
  });
}

/** Version in whose model a decision that is taken back was made. */
function fromOf({ decision }: Entry): { readonly from?: string } {
  return decision?.from === undefined ? {} : { from: decision.from };
}

/** A model as the audit trail names it. */
export function targetOf({ id, repositories, digest, entrypoint }: ModelRow) {
  return { kind: 'model', id, name: `${repositories[0] ?? digest} ${entrypoint.join(' ')}` };
}
