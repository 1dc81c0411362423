import type { Queries } from '#store/index.ts';
import { type BehaviourDiff, behaviourDiff } from '../behaviour-diff.ts';
import { compareExecutables } from '../compare-executables.ts';
import { readExecutables } from './executables.ts';
import { readModel } from './models.ts';

/** A model that took over nothing is compared with nothing. */
const none: BehaviourDiff = { added: [], pending: [], gone: [], inherited: 0, executables: [] };

/** What a model does that the one it took over from did not, and the other way round. */
export async function readBehaviourDiff(queries: Queries, id: string): Promise<BehaviourDiff> {
  const whole = await readModel(queries, id);
  if (whole?.inheritedFrom === undefined) return none;
  // Whose word an entry is stands on the page of the model, for who may see the host.
  const items = whole.evidence.items.map((entry) => {
    const { claimedBy: _, ...others } = entry;
    return others;
  });
  const model = { ...whole, inheritedFrom: whole.inheritedFrom, evidence: { ...whole.evidence, items } };
  const before = await readExecutables(queries, model.inheritedFrom.digest);
  const after = await readExecutables(queries, model.key.digest);
  // One image was deleted since: what changed when it took over is kept with the model, but for what went.
  if (before === undefined || after === undefined)
    return behaviourDiff(model, new Map(Object.entries(model.inheritedFrom.changes ?? {})));
  return behaviourDiff(model, compareExecutables(before, after));
}
