import { createHash } from 'node:crypto';
import { readCollections } from '#access/console/index.ts';
import { readComplianceRules } from '#compliance/console/index.ts';
import { withRule } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { Policy } from '../contract.ts';
import { openRulebook, type Rulebook } from '../rulebook.ts';
import { readGranted } from './exceptions.ts';
import { readPolicies } from './policies.ts';

/** The rules in force, and a digest that tells whether they are still the same. */
export interface RulebookInForce extends Rulebook {
  readonly digest: string;
}

export async function readRulebook(queries: Queries, now: Date): Promise<RulebookInForce> {
  const policies = (await readPolicies(queries)).map(({ policy }) => policy);
  const complianceRules = await readComplianceRules(queries);
  const collections = await readCollections(queries);
  const exceptions = await readGranted(queries, now);
  const rulebook = await openRulebook({ policies, complianceRules, collections, exceptions });
  return {
    ...rulebook,
    digest: digestOf([versionsOf(policies), versionsOf(complianceRules), collections, exceptions]),
  };
}

/** The rules in force as they would be with one policy changed, or added before the last one. */
export async function withPolicy(
  { policies, complianceRules, collections, exceptions }: Rulebook,
  policy: Policy,
): Promise<Rulebook> {
  return await openRulebook({
    complianceRules,
    policies: withRule(policies, policy),
    collections: [...collections.values()],
    exceptions,
  });
}

function versionsOf(rules: readonly Pick<Policy, 'id' | 'version'>[]): readonly unknown[] {
  return rules.map(({ id, version }) => [id, version]);
}

export function digestOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
