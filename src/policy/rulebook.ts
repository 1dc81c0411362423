import { isInCollection, type Selectable } from '#access/index.ts';
import type { Collection } from '#access/contract.ts';
import type { CarriedException, ComplianceRule, CustomCheck } from '#compliance/contract.ts';
import { type Check, type Lists, openCustom, type UntypedFacts } from '#compliance/index.ts';
import type { Exception, Policy } from './contract.ts';
import type { Expressions } from './expressions.ts';
import type { CompareVersions } from './rule.ts';

/** As much of an exception as judging needs. */
export type ApprovedException = Pick<Exception, 'id' | 'advisory' | 'package' | 'collections' | 'expiresAt' | 'state'>;

type Selection = Pick<Collection, 'id' | 'selects'>;

/** Everything that people have decided: policies and compliance rules in their order, the collections that they name, and exceptions. */
export interface Rulebook {
  readonly policies: readonly Policy[];
  readonly complianceRules: readonly ComplianceRule[];
  /** What operators named for checks to compare with. */
  readonly lists: Lists;
  readonly collections: ReadonlyMap<string, Selection>;
  readonly exceptions: readonly ApprovedException[];
  readonly expressions: Expressions;
  readonly compareVersions: CompareVersions;
  /** Approved exceptions of checks of images. */
  readonly checkExceptions: readonly CarriedException[];
  /** Checks of images that were written at the console, as they were and ready to be asked. */
  readonly customChecks: readonly CustomCheck[];
  readonly custom: readonly Check<UntypedFacts>[];
}

export interface RulebookParts {
  readonly policies: readonly Policy[];
  /** Missing: none. */
  readonly complianceRules?: readonly ComplianceRule[];
  readonly lists?: Lists;
  readonly collections: readonly Selection[];
  readonly exceptions: readonly ApprovedException[];
  readonly checkExceptions?: readonly CarriedException[];
  readonly customChecks?: readonly CustomCheck[];
}

/** Makes a rulebook to judge by. The reader of expressions, and the schemes of versions, are loaded only where a policy has one. */
export async function openRulebook({
  policies,
  complianceRules = [],
  lists = {},
  collections,
  exceptions,
  checkExceptions = [],
  customChecks = [],
}: RulebookParts): Promise<Rulebook> {
  const written = policies.flatMap(({ rules }) => rules.filter((rule) => rule.kind === 'custom'));
  const expressions =
    written.length === 0
      ? { of: () => undefined }
      : (await import('./rules/custom/expression.ts')).compileExpressions(written);
  const hasVersions = policies.some(({ rules }) => rules.some((rule) => rule.kind === 'package'));
  return {
    policies,
    complianceRules,
    lists,
    collections: new Map(collections.map((collection) => [collection.id, collection])),
    exceptions,
    expressions,
    compareVersions: hasVersions ? (await import('./compare-versions.ts')).compareVersions : () => undefined,
    checkExceptions,
    customChecks,
    custom: await openCustom(customChecks),
  };
}

/** The policy that judges what lies there: the first that is on and whose scope holds any of it. */
export function judgingPolicy(
  { policies, collections }: Pick<Rulebook, 'policies' | 'collections'>,
  where: readonly Selectable[],
): Policy | undefined {
  return policies.find((policy) => policy.state !== 'off' && isInScope(policy, where, collections));
}

/** The compliance rule that judges what lies there. */
export function judgingComplianceRule(
  { complianceRules, collections }: Pick<Rulebook, 'complianceRules' | 'collections'>,
  where: readonly Selectable[],
): ComplianceRule | undefined {
  return complianceRules.find((rule) => rule.state !== 'off' && isInScope(rule, where, collections));
}

/** Whether a scope holds any of these places. A collection that does not exist holds nothing. */
export function isInScope(
  { collections: named }: Pick<Policy, 'collections'>,
  where: readonly Selectable[],
  collections: Rulebook['collections'],
): boolean {
  if (named === undefined) return true;
  return where.some((place) => isInAny(place, named, collections));
}

/** Whether any of the named collections holds this place. */
export function isInAny(place: Selectable, named: readonly string[], collections: Rulebook['collections']): boolean {
  return named.some((id) => {
    const collection = collections.get(id);
    return collection !== undefined && isInCollection(collection, place);
  });
}
