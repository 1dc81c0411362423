import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { getBehaviourDiff } from '../contract.ts';
import { readModel } from './models.ts';

type Diff = Immutable<ReplyOf<typeof getBehaviourDiff>>;

/** A model that took over nothing is compared with nothing. */
const none: Diff = { added: [], pending: [], gone: [], inherited: 0, executables: [] };

/** What a model does that the one it took over from did not, and the other way round. */
export async function readBehaviourDiff(queries: Queries, id: string): Promise<Diff> {
  const model = await readModel(queries, id);
  const before = model?.inheritedFrom?.digest;
  if (model === undefined || before === undefined) return none;
  const { items } = model.evidence;
  return {
    ...none,
    from: before,
    added: items.filter(({ source }) => source !== 'inherited' && source !== 'user'),
    pending: items.filter(({ state }) => state === 'pending'),
    gone: items.filter(({ state }) => state === 'graveyard'),
    inherited: items.filter(({ source }) => source === 'inherited').length,
  };
}
