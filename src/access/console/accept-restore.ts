import { AppError } from '#base/index.ts';
import type { AcceptedRestore } from '../contract.ts';
import { type Author, audit } from './audit.ts';
import type { HeldHead } from './audit-heads.ts';
import { comparedTrail } from './audit-trail.ts';
import type { Dependencies } from './dependencies.ts';

/** Heads that the entry names one by one. */
const namedHeads = 20;

/**
 * Acknowledges that the trail went on from an older copy of the data: one entry names the gap, and verification shows
 * it from then on. Heads that agents tell later of more than the gap still differ. Throws `AppError` `conflict` for a
 * trail that is broken, and for one that agents hold no otherwise.
 */
export async function acceptRestore(
  dependencies: Pick<Dependencies, 'store' | 'heldHeads'>,
  reason: string,
  author: Author,
): Promise<Pick<AcceptedRestore, 'after' | 'through'>> {
  const { broken, differing } = await comparedTrail(dependencies);
  if (broken !== undefined)
    throw new AppError('conflict', `The trail is broken at entry ${broken.sequence}: ${broken.reason}`, {
      next: 'A restored copy is whole in itself. Find out who changed this one, or restore another copy.',
    });
  const [first] = differing;
  const last = differing.at(-1);
  if (first === undefined || last === undefined)
    throw new AppError('conflict', 'The trail is the one that agents hold: there is nothing to acknowledge.', {
      next: 'Wait a minute after a restore, until agents have reported what they hold, then run `seawall audit verify`.',
    });
  const gap = { after: first.sequence - 1, through: last.sequence };
  const detail = { ...gap, reason, agents: agentsOf(differing), heads: differing.slice(-namedHeads).map(shown) };
  await dependencies.store.transaction(
    async (transaction) => await audit(transaction, { ...author, action: 'restore-accepted', detail }),
  );
  return gap;
}

function agentsOf(heads: readonly HeldHead[]): readonly string[] {
  return [...new Set(heads.map(({ agent }) => agent))].slice(0, namedHeads);
}

function shown({ sequence, hash, at }: HeldHead): object {
  return { sequence, hash, at };
}
