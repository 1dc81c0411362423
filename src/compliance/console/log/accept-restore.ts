import { audit, theConsole } from '#access/console/index.ts';
import { AppError } from '#base/index.ts';
import { writeAcceptedGap } from './accepted-gaps.ts';
import { differingLogHeads } from './differing-heads.ts';
import { compared, type GivenHead, headsOf, type Verifying } from './verify-stored.ts';
import { walkLog } from './walk-log.ts';

/**
 * Acknowledges that the evidence log went on from an older copy of the data. The trail names the gap; heads of more than the
 * gap, and those given out later, still differ. `undefined`: the log is the one that agents hold. Throws `AppError` `conflict`
 * for a log that is broken in itself.
 */
export async function acceptRestoredLog(
  { store, masterKey }: Pick<Verifying, 'store' | 'masterKey'>,
  held: readonly (GivenHead & { readonly agent: string })[],
  reason: string,
): Promise<{ readonly after: number; readonly through: number } | undefined> {
  const heads = headsOf(store, held);
  const differing = differingLogHeads(heads, await compared(store, heads));
  const [first] = differing;
  const last = differing.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const { reason: broken } = await walkLog(store, { masterKey: masterKey(), signal: undefined });
  if (broken !== undefined)
    throw new AppError('conflict', `The evidence log is broken: ${broken}`.slice(0, 900), {
      next: 'A restored copy is whole in itself. Find out who changed this one, or restore another copy.',
    });
  const gap = { after: first.batch - 1, through: last.batch };
  await store.transaction(async (transaction) => {
    await writeAcceptedGap(transaction, { ...gap, at: await transaction.now() });
    const agents = [...new Set(differing.map(({ agent }) => agent))].slice(0, 20);
    const detail = { ...gap, reason, agents, first: first.hash, last: last.hash };
    await audit(transaction, { ...theConsole, action: 'evidence-restore-accepted', detail });
  });
  return gap;
}
