import { counted } from '#base/index.ts';
import { type KeptDocument, assessDocuments } from './catalogue.ts';
import type { About, Check, CheckContext, SubjectKind } from './check.ts';
import { checks } from './checks/index.ts';
import type { ComplianceRule } from './contract-rule.ts';
import type { UntypedFacts } from './custom-check.ts';
import { effectOf, isNamed } from './effect.ts';
import type { CheckResult } from './evaluate.ts';
import { type Cover, coverOf, type HeldException } from './exception.ts';
import type { Remedy, RemedyFor } from './remedy.ts';
import { checkSeverities, type CheckSeverity } from './severity.ts';

/** One thing that a rule blocks or alerts on: a check with what it makes fail, or all checks that lack the same fact. */
export interface RuleFinding {
  readonly effect: 'block' | 'alert';
  /** The check; of several, the worst. */
  readonly check: { readonly id: string; readonly severity: CheckSeverity };
  readonly message: string;
  /** The change that ends it. */
  readonly remedy: string;
}

/** What is judged, and for whom the remedies are. */
export interface JudgedSubject {
  readonly kind: SubjectKind;
  readonly documents: readonly KeptDocument[];
  readonly asker: RemedyFor;
}

/** What it is judged by besides a rule. */
export interface RuleContext extends CheckContext {
  /** Checks that were written at the console. */
  readonly custom?: readonly Check<UntypedFacts>[];
  /** Exceptions that hold for it now. */
  readonly held?: readonly HeldException[];
}

/** A check on which a rule would act, had nobody excepted it. */
export interface ExceptedCheck extends Cover {
  readonly check: string;
}

/** What a rule says about a subject, what blocks first, then the worst, and what exceptions keep it from saying. */
export function ruleFindings(
  rule: Pick<ComplianceRule, 'lines' | 'notAssessed'>,
  { kind, documents, asker }: JudgedSubject,
  { custom = [], held = [], ...context }: RuleContext,
): { readonly findings: readonly RuleFinding[]; readonly excepted: readonly ExceptedCheck[] } {
  const own: readonly About[] = checks[kind];
  const about = [...own, ...custom.filter(({ subject }) => subject === kind)];
  const answered = { about, results: assessDocuments(kind, documents, { ...context, custom }), asker, held };
  return { findings: findingsOf(rule, answered), excepted: exceptedOf(rule, answered) };
}

/** Answers of checks, with what the checks say of themselves. */
export interface Answered {
  readonly about: readonly About[];
  readonly results: readonly CheckResult[];
  readonly asker: RemedyFor;
  /** Exceptions that hold for it now. */
  readonly held?: readonly HeldException[];
}

/** What a rule says about answers, what blocks first, then the worst. */
export function findingsOf(
  rule: Pick<ComplianceRule, 'lines' | 'notAssessed'>,
  answered: Answered,
): readonly RuleFinding[] {
  const { asker, held = [] } = answered;
  const judged = actedOn(rule, answered).filter(({ result }) => coverOf(result, held) === undefined);
  const open = Map.groupBy(judged.filter(isOpen), ({ result }) => ('reason' in result ? result.reason : ''));
  return [
    ...causesOf(judged.filter((one) => !isOpen(one))).map((one) => decidedFinding(one, judged, asker)),
    ...[...open].map(([reason, of]) => openFinding(reason, of)),
  ].toSorted(worstFirst);
}

function exceptedOf(rule: Pick<ComplianceRule, 'lines' | 'notAssessed'>, answered: Answered): readonly ExceptedCheck[] {
  return actedOn(rule, answered).flatMap(({ check, result }) => {
    const cover = coverOf(result, answered.held ?? []);
    return cover === undefined ? [] : [{ check: check.id, ...cover }];
  });
}

/** Answers about which a rule does something. */
function actedOn(
  rule: Pick<ComplianceRule, 'lines' | 'notAssessed'>,
  { about, results }: Pick<Answered, 'about' | 'results'>,
): readonly Acted[] {
  const byId = new Map(about.map((check) => [check.id, check]));
  return results.flatMap((result): readonly Acted[] => {
    const check = byId.get(result.id);
    const effect = check && effectOf(check, result, rule);
    return check !== undefined && (effect === 'block' || effect === 'alert') ? [{ check, result, effect }] : [];
  });
}

/** What holds of a subject of which there is no document: nothing was assessed, and a rule may care. */
export function unseenFinding(
  rule: Pick<ComplianceRule, 'lines' | 'notAssessed'>,
  kind: SubjectKind,
  { custom = [], ...why }: { readonly reason: string; readonly remedy: string } & Pick<RuleContext, 'custom'>,
): RuleFinding | undefined {
  const own: readonly About[] = checks[kind];
  const asked = [...own, ...custom.filter(({ subject }) => subject === kind)].filter((check) => {
    const line = rule.lines.find(({ checks: choice }) => isNamed(choice, check));
    return line !== undefined && line.effect !== 'ignore';
  });
  const [worst] = asked.toSorted((left, right) => rank(left.severity) - rank(right.severity));
  if (worst === undefined || rule.notAssessed === 'ignore') return undefined;
  return {
    effect: rule.notAssessed,
    check: { id: worst.id, severity: worst.severity },
    message: `${counted(asked.length, 'check')} not assessed: ${why.reason}`,
    remedy: why.remedy,
  };
}

interface Acted {
  readonly check: About;
  readonly result: CheckResult;
  readonly effect: 'block' | 'alert';
}

function isOpen({ result: { state } }: Acted): boolean {
  return state === 'not-assessed' || state === 'error';
}

/** A failure that another one with the same effect explains is told with that one. */
function causesOf(judged: readonly Acted[]): readonly Acted[] {
  const effects = new Map(judged.map(({ check, effect }) => [check.id, effect]));
  return judged.filter(
    ({ result, effect }) => result.foldedUnder === undefined || effects.get(result.foldedUnder) !== effect,
  );
}

function decidedFinding({ check, result, effect }: Acted, all: readonly Acted[], asker: RemedyFor): RuleFinding {
  const implied = all.filter((one) => one.result.foldedUnder === check.id && one.effect === effect);
  const seen = 'seen' in result ? seenWords(result.seen) : '';
  const more = implied.length === 0 ? '' : ` Fails with it: ${implied.map((one) => one.check.id).join(', ')}.`;
  const verb = result.state === 'warn' ? 'is worth a look' : 'is not met';
  return {
    effect,
    check: { id: check.id, severity: check.severity },
    message: `${check.id} “${check.title}” ${verb}${seen === '' ? '' : `: ${seen}`}.${more}`.slice(0, 2000),
    remedy: withStop(remedyFor(check.remedy, asker)),
  };
}

function openFinding(reason: string, of: readonly Acted[]): RuleFinding {
  const [worst] = of.toSorted((left, right) => rank(left.check.severity) - rank(right.check.severity));
  const ids = of.map(({ check }) => check.id).join(', ');
  return {
    effect: of.some(({ effect }) => effect === 'block') ? 'block' : 'alert',
    check: { id: worst?.check.id ?? '', severity: worst?.check.severity ?? 'low' },
    message: `${ids} not assessed: ${reason}`.slice(0, 2000),
    remedy: 'Provide what is lacking, or let a line of the compliance rule ignore these checks.',
  };
}

/** Texts of what was seen that are told. */
const mostSeen = 5;

function seenWords(seen: readonly string[]): string {
  const more = seen.length > mostSeen ? ` and ${seen.length - mostSeen} more` : '';
  return `${seen.slice(0, mostSeen).join(', ')}${more}`;
}

function remedyFor(remedy: Remedy, asker: RemedyFor): string {
  return remedy[asker] ?? Object.values(remedy)[0] ?? '';
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function rank(severity: CheckSeverity): number {
  return checkSeverities.indexOf(severity);
}

function worstFirst(left: RuleFinding, right: RuleFinding): number {
  return (
    Number(left.effect === 'alert') - Number(right.effect === 'alert') ||
    rank(left.check.severity) - rank(right.check.severity)
  );
}
