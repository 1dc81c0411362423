import { BehaviourFact } from '#runtime/contract.ts';
import { emptyEvidence, mergeEvidence } from '#runtime/index.ts';
import type { Entry } from '../../../tools/demo/recording.ts';

type FactEntry = Extract<Entry, { kind: 'fact' }>;

/**
 * What a host told of one model in one step, as one report at the place of the last: evidence is merged as sets, so the
 * console learns the same from it. An agent tells of each every second.
 */
export function withMergedBehaviour(entries: readonly FactEntry[]): readonly FactEntry[] {
  const reports = Map.groupBy(entries.filter(isBehaviour), ({ body }) => {
    const { key, containers = [] } = BehaviourFact.parse(body);
    return JSON.stringify([key, containers]);
  });
  const merged = new Map([...reports.values()].map((some) => [some.at(-1), mergedOf(some)]));
  return entries.flatMap((entry) => (isBehaviour(entry) ? (merged.get(entry) ?? []) : [entry]));
}

function isBehaviour({ fact }: FactEntry): boolean {
  return fact === 'behaviour';
}

function mergedOf(entries: readonly FactEntry[]): FactEntry {
  const [first, ...others] = entries;
  if (first === undefined) throw new Error('There is nothing to merge.');
  const facts = [first, ...others].map(({ body }) => BehaviourFact.parse(body));
  const evidence = facts.reduce((sum, fact) => mergeEvidence(sum, fact.evidence), emptyEvidence);
  return { ...first, body: { ...facts[0], evidence } as never };
}
