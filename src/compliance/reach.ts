import type { Collection } from '#access/contract.ts';
import { isInCollection, type Selectable } from '#access/index.ts';
import type { ComplianceRule } from './contract-rule.ts';

/** What some collections hold; null: everything. */
type Scope = readonly Pick<Collection, 'selects'>[] | null;

/** What a rule applies to, by its place among the others and by what the collections that they name select. */
export interface RuleReach {
  /** null: it is off. */
  readonly own: { readonly scope: Scope } | null;
  /** Of rules in force that come before it: what those hold is theirs. */
  readonly above: readonly Scope[];
}

type Scoped = Pick<ComplianceRule, 'id' | 'collections' | 'state'>;

/** What a rule among others reaches now. A collection that does not exist holds nothing. */
export function reachOf(id: string, rules: readonly Scoped[], collections: readonly Collection[]): RuleReach {
  const inForce = rules.filter(({ state }) => state !== 'off');
  const at = inForce.findIndex((rule) => rule.id === id);
  const own = inForce[at];
  if (own === undefined) return { own: null, above: [] };
  const scopeOf = ({ collections: named }: Scoped): Scope =>
    named === undefined
      ? null
      : named.flatMap((one) => {
          const found = collections.find((collection) => collection.id === one);
          return found === undefined ? [] : [{ selects: found.selects }];
        });
  return { own: { scope: scopeOf(own) }, above: inForce.slice(0, at).map(scopeOf) };
}

/** Whether a rule with this reach is the one that applies to what stands there. */
export function isReached({ own, above }: RuleReach, places: readonly Selectable[]): boolean {
  return own !== null && holds(own.scope, places) && !above.some((scope) => holds(scope, places));
}

function holds(scope: Scope, places: readonly Selectable[]): boolean {
  return places.some((place) => scope === null || scope.some((one) => isInCollection(one, place)));
}
