import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { About } from '../check.ts';
import { checks } from '../checks/index.ts';
import type { CheckChoice, ComplianceRule, StoredResult } from '../contract.ts';
import { complianceRules } from './rules.ts';
import { complianceSchema } from './schema.ts';

/** What gates judge by. */
export interface StartRules {
  /** Those that are on, in their order. */
  readonly rules: readonly ComplianceRule[];
  /** Entries of operator's lists, by their ids. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** Compliance rules and lists as they are in force. */
export async function readStartRules(queries: Queries): Promise<StartRules> {
  const rules = await complianceRules.inForce(queries);
  return { rules: rules.filter(({ state }) => state === 'on'), lists: {} };
}

const aboutOthers = new Set(
  Object.entries<readonly Pick<About, 'id'>[]>(checks).flatMap(([kind, list]) =>
    kind === 'container' ? [] : list.map(({ id }) => id),
  ),
);

/** Rules with the lines that concern containers; `undefined`: none of them does anything about one. */
export function ofContainers({ rules, lists }: StartRules): StartRules | undefined {
  const isOfContainers = (choice: CheckChoice): boolean => choice.by !== 'check' || !aboutOthers.has(choice.id);
  const compiled = rules.map((rule) => ({
    ...rule,
    lines: rule.lines.filter(({ checks: one }) => isOfContainers(one)),
  }));
  const acts = compiled.some((rule) => rule.lines.some(({ effect }) => effect !== 'ignore'));
  return acts ? { rules: compiled, lists } : undefined;
}

/** Answers about images that are not simply a pass, by the image; an image that lacks was never evaluated. */
export async function readImageResults(
  queries: Queries,
  images: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredResult[]>> {
  if (images.length === 0) return new Map();
  const { rows } = await sql<{ readonly id: string; readonly body: StoredResult | null }>`
    select image.id, result.body
    from (select distinct on (id) id, facts from compliance.subject
      where kind = 'image' and id = any(${images}::text[]) order by id, reported_at desc, host) as image
    join compliance.facts on facts.id = image.facts and facts.evaluation is not null
    left join compliance.result on result.facts = image.facts and result.state not in ('pass', 'not-applicable')
    order by image.id, result.check_id`.execute(queries.query(complianceSchema));
  const byImage = Map.groupBy(rows, ({ id }) => id);
  return new Map([...byImage].map(([id, found]) => [id, found.flatMap(({ body }) => body ?? [])]));
}
