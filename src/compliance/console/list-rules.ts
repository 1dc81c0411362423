import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import { withRule } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type {
  ComplianceRule,
  ComplianceRuleText,
  listComplianceRules,
  replayComplianceRule,
  SubjectEffect,
} from '../contract.ts';
import { openCustom } from '../open-custom.ts';
import { type StartGate, undecidedBy } from '../start-gates.ts';
import { sealOf } from './confirm-rule.ts';
import { readTerms } from './answers.ts';
import { Judge, placedSubjects, rulesOn } from './judge-subjects.ts';
import { readCustom } from './custom-checks.ts';
import { complianceRules } from './rules.ts';

/** Who looks, and when. */
export interface Seeing {
  readonly view: View;
  readonly now: Date;
}

/** The rules in their order, with what each does to what the caller may see. */
export async function listRules(
  queries: Queries,
  { view, now }: Seeing,
  gates: readonly StartGate[],
): Promise<Immutable<ReplyOf<typeof listComplianceRules>>> {
  const saved = await complianceRules.read(queries);
  const subjects = await placedSubjects(queries, view);
  const judge = await Judge.open(queries, subjects, await readTerms(queries, now));
  const ruleOf = await rulesOn(
    queries,
    saved.map(({ rule }) => rule),
  );
  // What is saved was read in a child process before.
  const custom = await openCustom(await readCustom(queries));
  const byRule = Map.groupBy(subjects, (subject) => ruleOf(subject)?.id);
  return {
    rules: saved.map(({ rule, savedAt, savedBy = 'console' }) => {
      const own = byRule.get(rule.id) ?? [];
      const effects = own.map((subject) => judge.effect(subject, rule).effect);
      return {
        rule,
        savedAt: savedAt.toISOString(),
        savedBy,
        subjects: own.length,
        blocked: effects.filter((effect) => effect === 'block').length,
        alerted: effects.filter((effect) => effect === 'alert').length,
        undecided: undecidedBy(rule, gates, custom),
      };
    }),
  };
}

/** A rule that is tried needs a name of its own where it is new. */
const tried = 'tried';
const mostExamples = 50;
const order = ['block', 'alert', 'record'] as const;

interface Tried {
  readonly rule: ComplianceRuleText;
  readonly id?: string | undefined;
}

/** What the edited rule, in its place among the others, would do to what the caller may see. Nothing is saved. */
export async function replayRule(
  queries: Queries,
  { view, now }: Seeing,
  { rule: text, id = tried }: Tried,
): Promise<Immutable<ReplyOf<typeof replayComplianceRule>>> {
  await complianceRules.check(text);
  const inForce = await complianceRules.inForce(queries);
  // Version 0 is no saved one: nothing that was judged by it is taken for this.
  const rule: ComplianceRule = { ...text, id, version: 0 };
  const [ruleNow, ruleThen] = [await rulesOn(queries, inForce), await rulesOn(queries, withRule(inForce, rule))];
  const subjects = await placedSubjects(queries, view);
  const judge = await Judge.open(queries, subjects, await readTerms(queries, now));
  const outcomes = subjects.map((subject) => {
    const then = ruleThen(subject);
    const would = judge.effect(subject, then);
    return { subject, isIts: then?.id === id, would, was: judge.effect(subject, ruleNow(subject)) };
  });
  const own = outcomes.filter(({ isIts }) => isIts);
  const changed = outcomes
    .filter(({ was, would }) => was.effect !== would.effect)
    .toSorted((left, right) => order.indexOf(left.would.effect) - order.indexOf(right.would.effect));
  return {
    subjects: own.length,
    blocked: own.filter(({ would }) => would.effect === 'block').length,
    alerted: own.filter(({ would }) => would.effect === 'alert').length,
    stopped:
      rule.running === 'stop'
        ? own.filter(({ subject, would }) => subject.kind === 'container' && would.effect === 'block').length
        : 0,
    seal: sealOf(text, await readCustom(queries)),
    changed: changed.length,
    examples: changed.slice(0, mostExamples).map(
      ({ subject: { host, kind, id: subject, name }, was, would }): SubjectEffect => ({
        host,
        kind,
        id: subject,
        name,
        was: was.effect,
        would: would.effect,
        checks: [...would.checks],
      }),
    ),
  };
}
