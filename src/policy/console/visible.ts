import type { SubjectId } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { VerdictKind } from '../contract.ts';
import { isInAny, type Rulebook } from '../rulebook.ts';
import { holdingVerdict } from '../holding-verdict.ts';
import { policySchema } from './schema.ts';

/** How a subject stands in an environment where it lies: by the scan whose verdict holds there. */
export interface CountedJudging {
  readonly subject: SubjectId;
  readonly places: readonly Selectable[];
  readonly policy: string;
  readonly kind: VerdictKind;
  readonly violations: number;
  readonly excepted: readonly string[];
}

/** The newest verdicts of what the caller may see. */
export async function readCounted(
  queries: Queries,
  principal: Pick<Principal, 'collections'> | undefined,
  collections: Rulebook['collections'],
): Promise<readonly CountedJudging[]> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('judging')
    .select(['subject', 'scan', 'environment', 'places', 'policy_id as policy', 'kind', 'violations', 'excepted'])
    .where('current', '=', true)
    .where('counts', '=', true)
    .execute();
  const groups = Map.groupBy(rows, ({ subject, environment }) => `${subject} ${environment}`);
  const holding = [...groups.values()].flatMap((group) => holdingVerdict(group) ?? []);
  return holding.filter(({ places }) => isVisible(places, principal, collections));
}

/** Whether the caller may see what lies there. */
export function isVisible(
  places: readonly Selectable[],
  principal: Pick<Principal, 'collections'> | undefined,
  collections: Rulebook['collections'],
): boolean {
  const own = principal?.collections;
  return own === undefined || places.some((place) => isInAny(place, own, collections));
}
