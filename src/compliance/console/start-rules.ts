import type { Queries } from '#store/index.ts';
import type { About } from '../check.ts';
import { containerChecks } from '../checks/container/index.ts';
import { checks } from '../checks/index.ts';
import type { Lists } from '../lists/index.ts';
import type { CarriedException, CheckChoice, ComplianceRule, CustomCheck } from '../contract.ts';
import { readCarriedExceptions } from './answers.ts';
import { readCustom } from './custom-checks.ts';
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
  /** Checks of containers that were written at the console. Missing: there are none. */
  readonly customChecks?: readonly CustomCheck[];
}

/** Compliance rules and lists as they are in force, without lines that name checks written here of other subjects. */
export async function readStartRules(queries: Queries, now: Date): Promise<StartRules> {
  const rules = await complianceRules.inForce(queries);
  const written = await readCustom(queries);
  const customChecks = written.filter(({ subject }) => subject === 'container');
  const others = new Set(written.filter((check) => !customChecks.includes(check)).map(({ id }) => id));
  return {
    rules: rules
      .filter(({ state }) => state === 'on')
      .map((rule) => ({ ...rule, lines: rule.lines.filter(({ checks: one }) => !isOf(one, others)) })),
    ...(customChecks.length > 0 && { customChecks }),
    lists: await readLists(queries),
    exceptions: await readCarriedExceptions(queries, now),
  };
}

function isOf(choice: CheckChoice, ids: ReadonlySet<string>): boolean {
  return choice.by === 'check' && ids.has(choice.id);
}

const aboutOthers: ReadonlySet<string> = new Set(
  Object.entries<readonly Pick<About, 'id'>[]>(checks).flatMap(([kind, list]) =>
    kind === 'container' ? [] : list.map(({ id }) => id),
  ),
);

const aboutContainers = new Set(containerChecks.map(({ id }) => id));

/** Rules and exceptions with what concerns containers; `undefined`: none of them does anything about one. */
export function ofContainers({ rules, exceptions, ...judgedBy }: StartRules): StartRules | undefined {
  const written = new Set(judgedBy.customChecks?.map(({ id }) => id));
  const compiled = rules.map((rule) => ({
    ...rule,
    lines: rule.lines.filter(({ checks: one }) => !isOf(one, aboutOthers)),
  }));
  const acts = compiled.some((rule) => rule.lines.some(({ effect }) => effect !== 'ignore'));
  if (!acts) return undefined;
  return {
    ...judgedBy,
    rules: compiled,
    exceptions: exceptions.filter(({ check }) => aboutContainers.has(check) || written.has(check)),
  };
}
