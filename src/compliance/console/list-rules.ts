import type { Immutable } from '#base/index.ts';
import { readCollections } from '#access/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { concernsOf, viewOf } from '#inventory/console/index.ts';
import { withRule } from '#rules/index.ts';
import type { Keyed, Queries } from '#store/index.ts';
import type {
  ComplianceRule,
  ComplianceRuleText,
  listComplianceRules,
  replayComplianceRule,
  SubjectEffect,
} from '../contract.ts';
import { openCustom } from '../open-custom.ts';
import { type StartGate, undecidedBy } from '../start-gates.ts';
import { reachOf } from '../reach.ts';
import { readTerms } from './answers.ts';
import { sealOf, type TriedRule } from './confirm-rule.ts';
import { type FactsEffect, Judge, type PlacedSubject, placedSubjects, rulesOn, type Seeing } from './judge-subjects.ts';
import { readCustom } from './custom-checks.ts';
import { replayBuilds } from './past-builds.ts';
import { complianceRules } from './rules.ts';
import { complianceSchema } from './schema.ts';

/** The rules in their order that concern the caller, with what each does to what the caller may see. */
export async function listRules(
  queries: Queries,
  { principal, now }: { readonly principal: Principal | undefined; readonly now: Date },
  gates: readonly StartGate[],
): Promise<Immutable<ReplyOf<typeof listComplianceRules>>> {
  const saved = await complianceRules.read(queries);
  const subjects = await placedSubjects(queries, await viewOf(queries, principal));
  const judge = await Judge.open(queries, subjects, await readTerms(queries, now));
  const ruleOf = await rulesOn(
    queries,
    saved.map(({ rule }) => rule),
  );
  // What is saved was read in a child process before.
  const custom = await openCustom(await readCustom(queries));
  const waiting = await countWaiting(queries, subjects);
  const byRule = Map.groupBy(subjects, (subject) => ruleOf(subject)?.id);
  const concerns = await concernsOf(
    queries,
    principal,
    saved.map(({ rule }) => rule),
  );
  const shown = saved.filter(({ rule }) => byRule.has(rule.id) || concerns(rule));
  return {
    rules: shown.map(({ rule, savedAt, savedBy = 'console' }) => {
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
        waiting: waiting.get(rule.id) ?? 0,
      };
    }),
  };
}

/** Containers that rules would stop, by their ids, where nobody read that in a replay. */
async function countWaiting(
  queries: Queries,
  subjects: readonly PlacedSubject[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('suspect')
    .select(['host', 'container', 'rule'])
    .where('held', '=', 'unconfirmed')
    .execute();
  if (rows.length === 0) return new Map();
  const seen = new Set(subjects.filter(({ kind }) => kind === 'container').map(({ host, id }) => `${host} ${id}`));
  const byRule = Map.groupBy(
    rows.filter(({ host, container }) => seen.has(`${host} ${container}`)),
    ({ rule }) => rule,
  );
  return new Map([...byRule].map(([rule, own]) => [rule, own.length]));
}

/** A rule that is tried needs a name of its own where it is new. */
const tried = 'tried';
const mostExamples = 50;
const order = ['block', 'alert', 'record'] as const;

interface Tried {
  readonly rule: ComplianceRuleText;
  readonly id?: string | undefined;
}

interface Replayed {
  readonly reply: Immutable<ReplyOf<typeof replayComplianceRule>>;
  readonly tried: TriedRule;
}

/** What the edited rule, in its place among the others, would do to what the caller may see. Nothing is saved. */
export async function replayRule(
  queries: Queries & Keyed,
  { view, now }: Seeing,
  { rule: text, id = tried }: Tried,
): Promise<Replayed> {
  await complianceRules.check(text);
  const inForce = await complianceRules.inForce(queries);
  // Version 0 is no saved one: nothing that was judged by it is taken for this.
  const rule: ComplianceRule = { ...text, id, version: 0 };
  const then = withRule(inForce, rule);
  const [ruleNow, ruleThen] = [await rulesOn(queries, inForce), await rulesOn(queries, then)];
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
  const stopped =
    rule.running === 'stop'
      ? own.filter(({ subject, would }) => subject.kind === 'container' && would.effect === 'block').length
      : 0;
  const reach = reachOf(id, then, await readCollections(queries));
  const sealed: TriedRule = { id, text, custom: await readCustom(queries), reach, stopped };
  const reply = {
    subjects: own.length,
    blocked: own.filter(({ would }) => would.effect === 'block').length,
    alerted: own.filter(({ would }) => would.effect === 'alert').length,
    stopped,
    seal: sealOf(queries, sealed, now),
    changed: changed.length,
    examples: changed.slice(0, mostExamples).map(exampleOf),
    builds: await replayBuilds(queries, { view, now }, { id, ruleNow, ruleThen }),
  };
  return { reply, tried: sealed };
}

interface Outcome {
  readonly subject: PlacedSubject;
  readonly was: FactsEffect;
  readonly would: FactsEffect;
}

function exampleOf({ subject: { host, kind, id, name }, was, would }: Outcome): SubjectEffect {
  return { host, kind, id, name, was: was.effect, would: would.effect, checks: [...would.checks] };
}
