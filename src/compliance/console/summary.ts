import { sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { getComplianceSummary } from '../contract.ts';
import { silentSince } from '../lease.ts';
import { readTerms } from './answers.ts';
import { type FactsEffect, Judge, type JudgedByRules, placedSubjects, rulesOn } from './judge-subjects.ts';
import { complianceRules } from './rules.ts';
import { complianceSchema } from './schema.ts';
import { silentSql } from './silent.ts';
import { unreportedContainers } from './unreported.ts';

type Summary = Immutable<ReplyOf<typeof getComplianceSummary>>;

/** How a subject counts: in one way, what nobody knows first. */
type Counted = 'silent' | 'unanswered' | 'blocked' | 'alerted' | 'recorded';

/** What rules do about the subjects that the caller may see. */
export async function summaryOf(
  queries: Queries,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<Summary> {
  const terms = await readTerms(queries, now);
  const rules = await complianceRules.inForce(queries);
  const doPlacesCount =
    view !== undefined || terms.exceptions.length > 0 || rules.some(({ collections }) => collections);
  const subjects = doPlacesCount ? await eachSubject(queries, view) : await alikeSubjects(queries, now);
  const judge = await Judge.open(queries, subjects, terms);
  const ruleOf = await rulesOn(queries, rules);
  const judged = subjects.map((subject): CountedEffect => {
    const { kind, reported_at, outcome, count } = subject;
    if (silentSince(kind, reported_at, now) !== undefined) return { counted: 'silent', isPartlyUnknown: false, count };
    if (outcome === null) return { counted: 'unanswered', isPartlyUnknown: false, count };
    const rule = ruleOf(subject);
    const counted = effectCounts[judge.effect(subject, rule).effect];
    return { counted, isPartlyUnknown: rule !== undefined && judge.isPartlyUnknown(subject, rule), count };
  });
  const of = (is: (one: CountedEffect) => boolean): number =>
    judged.filter(is).reduce((sum, { count }) => sum + count, 0);
  const unreported = (await unreportedContainers(queries, { view, now })).length;
  return {
    subjects: of(() => true) + unreported,
    unreported,
    silent: of(({ counted }) => counted === 'silent'),
    unanswered: of(({ counted }) => counted === 'unanswered'),
    notAssessed: of(({ isPartlyUnknown }) => isPartlyUnknown),
    blocked: of(({ counted }) => counted === 'blocked'),
    alerted: of(({ counted }) => counted === 'alerted'),
  };
}

const effectCounts = { block: 'blocked', alert: 'alerted', record: 'recorded' } as const satisfies Readonly<
  Record<FactsEffect['effect'], Counted>
>;

interface CountedEffect {
  readonly counted: Counted;
  readonly isPartlyUnknown: boolean;
  readonly count: number;
}

/** A subject, and how many there are of which the same is to be said. */
interface CountedSubject extends JudgedByRules {
  readonly count: number;
}

async function eachSubject(queries: Queries, view: View): Promise<readonly CountedSubject[]> {
  return (await placedSubjects(queries, view)).map((subject) => ({ ...subject, count: 1 }));
}

/** One of all that stand alike, where it does not count which they are and where. */
async function alikeSubjects(queries: Queries, now: Date): Promise<readonly CountedSubject[]> {
  const { rows } = await sql<Omit<CountedSubject, 'places'>>`
    select subject.kind, facts.outcome, min(subject.name) as name, min(subject.facts) as facts,
      min(subject.reported_at) as reported_at, count(*)::integer as count
    from compliance.subject join compliance.facts on facts.id = subject.facts
    group by subject.kind, facts.outcome, ${silentSql(now)}`.execute(queries.query(complianceSchema));
  // No rule asks for them.
  return rows.map((row) => ({ ...row, places: [nowhere] }));
}

const nowhere: Selectable = { images: [], labels: {} };
