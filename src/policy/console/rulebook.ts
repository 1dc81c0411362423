import { createHash } from 'node:crypto';
import { readCollections } from '#access/console/index.ts';
import { readCarriedExceptions, readComplianceRules, readCustom, readLists } from '#compliance/console/index.ts';
import { checks } from '#compliance/index.ts';
import { withRule } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { Policy } from '../contract.ts';
import { openRulebook, type Rulebook, type RulebookParts } from '../rulebook.ts';
import { readGranted } from './exceptions.ts';
import { readPolicies } from './policies.ts';

/** The rules in force, and a digest that tells whether they are still the same. */
export interface RulebookInForce extends Rulebook {
  readonly digest: string;
}

export async function readRulebook(queries: Queries, now: Date): Promise<RulebookInForce> {
  const policies = (await readPolicies(queries)).map(({ policy }) => policy);
  const complianceRules = await readComplianceRules(queries);
  const lists = await readLists(queries);
  const collections = await readCollections(queries);
  const exceptions = await readGranted(queries, now);
  const customChecks = (await readCustom(queries)).filter(({ subject }) => subject === 'image');
  const checkExceptions = (await readCarriedExceptions(queries, now)).filter(
    ({ check }) => imageIds.has(check) || customChecks.some(({ id }) => id === check),
  );
  const rulebook = await openRulebook({
    policies,
    complianceRules,
    lists,
    collections,
    exceptions,
    checkExceptions,
    customChecks,
  });
  return {
    ...rulebook,
    digest: digestOf([
      versionsOf(policies),
      versionsOf(complianceRules),
      lists,
      collections,
      exceptions,
      checkExceptions,
      versionsOf(customChecks),
    ]),
  };
}

const imageIds = new Set(checks.image.map(({ id }) => id));

/** The rules in force as they would be with one policy changed, or added before the last one. */
export async function withPolicy(rulebook: Rulebook, policy: Policy): Promise<Rulebook> {
  return await openRulebook({ ...partsOf(rulebook), policies: withRule(rulebook.policies, policy) });
}

/** Without what is compiled: a child process reads expressions for itself. */
export function partsOf({
  collections,
  expressions: _expressions,
  compareVersions: _compareVersions,
  custom: _custom,
  ...parts
}: Rulebook): RulebookParts {
  return { ...parts, collections: [...collections.values()] };
}

function versionsOf(rules: readonly Pick<Policy, 'id' | 'version'>[]): readonly unknown[] {
  return rules.map(({ id, version }) => [id, version]);
}

export function digestOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
