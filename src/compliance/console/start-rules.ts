import type { Queries } from '#store/index.ts';
import type { About } from '../check.ts';
import { containerChecks } from '../checks/container/index.ts';
import { checks } from '../checks/index.ts';
import type { Lists } from '../lists/index.ts';
import type { CarriedException, CheckChoice, ComplianceRule } from '../contract.ts';
import { readCarriedExceptions } from './answers.ts';
import { readLists } from './operator-lists.ts';
import { complianceRules } from './rules.ts';

/** What gates judge by. */
export interface StartRules {
  /** Those that are on, in their order. */
  readonly rules: readonly ComplianceRule[];
  /** Entries of operator's lists, by their ids. */
  readonly lists: Lists;
  /** Approved exceptions of checks that have not run out. */
  readonly exceptions: readonly CarriedException[];
}

/** Compliance rules and lists as they are in force. */
export async function readStartRules(queries: Queries, now: Date): Promise<StartRules> {
  const rules = await complianceRules.inForce(queries);
  return {
    rules: rules.filter(({ state }) => state === 'on'),
    lists: await readLists(queries),
    exceptions: await readCarriedExceptions(queries, now),
  };
}

const aboutOthers = new Set(
  Object.entries<readonly Pick<About, 'id'>[]>(checks).flatMap(([kind, list]) =>
    kind === 'container' ? [] : list.map(({ id }) => id),
  ),
);

const aboutContainers = new Set(containerChecks.map(({ id }) => id));

/** Rules and exceptions with what concerns containers; `undefined`: none of them does anything about one. */
export function ofContainers({ rules, lists, exceptions }: StartRules): StartRules | undefined {
  const isOfContainers = (choice: CheckChoice): boolean => choice.by !== 'check' || !aboutOthers.has(choice.id);
  const compiled = rules.map((rule) => ({
    ...rule,
    lines: rule.lines.filter(({ checks: one }) => isOfContainers(one)),
  }));
  const acts = compiled.some((rule) => rule.lines.some(({ effect }) => effect !== 'ignore'));
  if (!acts) return undefined;
  return { rules: compiled, lists, exceptions: exceptions.filter(({ check }) => aboutContainers.has(check)) };
}
