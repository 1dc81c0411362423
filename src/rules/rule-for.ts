import type { Collection } from '#access/contract.ts';
import { isInCollection, type Selectable } from '#access/index.ts';
import type { Rule } from './rule.ts';

/** First rule in force whose scope holds something; a collection that does not exist selects nothing. */
export function ruleFor<Kind extends Rule>(
  rules: readonly Kind[],
  collections: readonly Collection[],
  what: Selectable,
): Kind | undefined {
  const byId = new Map(collections.map((collection) => [collection.id, collection]));
  return rules.find(({ state, collections: scope }) => state !== 'off' && (scope === undefined || scope.some(holds)));

  function holds(id: string): boolean {
    const collection = byId.get(id);
    return collection !== undefined && isInCollection(collection, what);
  }
}
