import type { Collection } from '#access/contract.ts';
import type { Selectable } from '#access/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { RuntimeRule } from './contract.ts';

/** A model, and where its containers run. */
export interface ModelInPlace {
  /** Empty: none. */
  readonly environment: string;
  readonly repositories: readonly string[];
  readonly places: readonly Selectable[];
}

/**
 * Other environments whose evidence counts in a model: those that the rules in force for all of its containers name,
 * in the order of their names. Of a model without containers the rule decides that one of its image would get.
 */
export function sourcesFor(
  rules: readonly RuntimeRule[],
  collections: readonly Collection[],
  { environment, repositories, places }: ModelInPlace,
): readonly string[] {
  const resting = { images: repositories, labels: {}, ...(environment === '' ? {} : { environment }) };
  const named = (places.length > 0 ? places : [resting]).map(
    (place) => ruleFor(rules, collections, place)?.evidenceFrom ?? [],
  );
  const [first = [], ...others] = named;
  const common = first.filter((one) => one !== environment && others.every((list) => list.includes(one)));
  return [...new Set(common)].toSorted();
}
