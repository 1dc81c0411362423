import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { getComplianceSummary } from '../contract.ts';
import { silentSince } from '../lease.ts';
import { Judge, type PlacedSubject, placedSubjects, rulesOn } from './judge-subjects.ts';
import { complianceRules } from './rules.ts';
import { complianceSchema } from './schema.ts';

type Summary = Immutable<ReplyOf<typeof getComplianceSummary>>;

/** How a subject counts: in one way, what nobody knows first. */
type Counted = 'silent' | 'unanswered' | 'blocked' | 'alerted' | 'recorded';

/** What rules do about the subjects that the caller may see. */
export async function summaryOf(
  queries: Queries,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<Summary> {
  const subjects = await placedSubjects(queries, view);
  const [judge, ruleOf, waiting] = [
    await Judge.open(queries, subjects, now),
    await rulesOn(queries, await complianceRules.inForce(queries)),
    await unevaluated(queries),
  ];
  const isSilent = ({ kind, reported_at }: PlacedSubject): boolean => silentSince(kind, reported_at, now) !== undefined;
  const judged = subjects.map((subject): readonly [Counted, isPartlyUnknown: boolean] => {
    if (isSilent(subject)) return ['silent', false];
    if (waiting.has(subject.facts)) return ['unanswered', false];
    const rule = ruleOf(subject);
    const { effect } = judge.effect(subject, rule);
    const counted = { block: 'blocked', alert: 'alerted', record: 'recorded' } as const;
    return [counted[effect], rule !== undefined && judge.isPartlyUnknown(subject, rule)];
  });
  const of = (one: Counted): number => judged.filter(([counted]) => counted === one).length;
  return {
    subjects: subjects.length,
    silent: of('silent'),
    unanswered: of('unanswered'),
    notAssessed: judged.filter(([, isPartlyUnknown]) => isPartlyUnknown).length,
    blocked: of('blocked'),
    alerted: of('alerted'),
  };
}

async function unevaluated(queries: Queries): Promise<ReadonlySet<string>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('facts')
    .select('id')
    .where('evaluation', 'is', null)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
