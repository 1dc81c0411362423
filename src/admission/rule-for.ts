import type { Collection } from '#access/contract.ts';
import { isInCollection, type Selectable } from '#access/index.ts';
import type { AdmissionRule } from './contract.ts';

/** First rule in force whose scope holds what starts; a collection that does not exist selects nothing. */
export function ruleFor(
  rules: readonly AdmissionRule[],
  collections: readonly Collection[],
  start: Selectable,
): AdmissionRule | undefined {
  const byId = new Map(collections.map((collection) => [collection.id, collection]));
  return rules.find(({ state, collections: scope }) => state === 'on' && (scope === undefined || scope.some(holds)));

  function holds(id: string): boolean {
    const collection = byId.get(id);
    return collection !== undefined && isInCollection(collection, start);
  }
}
