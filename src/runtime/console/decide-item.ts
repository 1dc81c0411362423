import { createHash } from 'node:crypto';
import { AppError } from '#base/index.ts';
import { audit, type Writer } from '#access/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Transaction } from '#store/index.ts';
import type { decideItem, Item } from '../contract.ts';
import { lockModel, type ModelRow, readDecisions, unpackEvidence, withDecisions } from './models.ts';
import type { Parts } from './parts.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

type Wanted = HandlerInput<typeof decideItem>['body'] & { readonly model: string };

const actions = { allow: 'model-line-allowed', deny: 'model-line-denied', undo: 'model-decision-undone' } as const;

/** Takes a person's word on one line. Throws `not-found` when the model has no such line. */
export async function decide(parts: Parts, wanted: Wanted, { principal, author }: Writer): Promise<Item> {
  return await parts.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, wanted.model);
    if (row === undefined) throw new AppError('not-found', 'There is no such model.');
    const evidence = await unpackEvidence(row);
    const read = async (): Promise<Item | undefined> =>
      withDecisions(evidence, await readDecisions(transaction, row.id)).items.find(({ key }) => key === wanted.key);
    const before = await read();
    if (before === undefined)
      throw new AppError('not-found', 'The model has no such line.', {
        next: 'What was seen a moment ago comes with the next report of its host: try again in a minute.',
      });
    await store(transaction, wanted, { decided_by: principal.name, decided_at: parts.clock() });
    await saveModel(transaction, parts, { row, change: { evidence } });
    const after = (await read()) ?? before;
    await audit(transaction, {
      ...author,
      action: actions[wanted.decision],
      target: targetOf(row),
      detail: { line: wanted.key, before: before.state, after: after.state, reason: wanted.reason },
    });
    return after;
  });
}

/** A model as the audit trail names it. */
export function targetOf({ id, repositories, digest, entrypoint }: ModelRow) {
  return { kind: 'model', id, name: `${repositories[0] ?? digest} ${entrypoint.join(' ')}` };
}

async function store(
  transaction: Transaction,
  { model, key, decision, reason }: Wanted,
  by: { readonly decided_by: string; readonly decided_at: Date },
): Promise<void> {
  const database = transaction.query(runtimeSchema);
  const key_digest = createHash('sha256').update(key).digest('hex');
  if (decision === 'undo') {
    await database.deleteFrom('decision').where('model', '=', model).where('key_digest', '=', key_digest).execute();
    return;
  }
  const said = { decision, reason, ...by };
  await database
    .insertInto('decision')
    .values({ model, key_digest, key, ...said })
    .onConflict((conflict) => conflict.columns(['model', 'key_digest']).doUpdateSet(said))
    .execute();
}
