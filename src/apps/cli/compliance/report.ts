import {
  type About,
  checkSeverities,
  type CheckSeverity,
  type JoinedResult,
  otherwiseWords,
  type Template,
} from '#compliance/index.ts';
import type { VerdictKind } from '#policy/index.ts';

/** What all checks say of one subject. */
export interface ComplianceReport {
  readonly subject: { readonly kind: string; readonly name: string };
  readonly template?: Pick<Template, 'id' | 'title'>;
  readonly at: Date;
  /** The worst first. */
  readonly answers: readonly Answer[];
  readonly verdict: { readonly kind: VerdictKind; readonly reason: string };
}

export interface Answer {
  readonly check: About;
  readonly result: JoinedResult;
}

export interface ReportOptions {
  readonly subject: ComplianceReport['subject'];
  readonly template?: Template;
  readonly at: Date;
  /** The least severity whose failures fail the whole. */
  readonly failOn: CheckSeverity;
}

/** Orders the answers, leaves out what the template does not ask, and judges them. */
export function reportOf(
  answers: readonly Answer[],
  { subject, template, at, failOn }: ReportOptions,
): ComplianceReport {
  const asked = answers.filter(({ check }) => template === undefined || template.sectionsOf(check).length > 0);
  const ordered = unfolded(asked).toSorted(worstFirst);
  return {
    subject,
    ...(template !== undefined && { template: { id: template.id, title: template.title } }),
    at,
    answers: ordered,
    verdict: verdictOf(ordered, failOn),
  };
}

/** A failure whose cause is not among the answers counts by itself. */
function unfolded(answers: readonly Answer[]): readonly Answer[] {
  const ids = new Set(answers.map(({ check }) => check.id));
  return answers.map((answer) => {
    const { foldedUnder, ...result } = answer.result;
    return foldedUnder === undefined || ids.has(foldedUnder) ? answer : { ...answer, result };
  });
}

const states = [
  'fail',
  'error',
  'warn',
  'not-assessed',
  'not-applicable',
  'pass',
] as const satisfies readonly JoinedResult['state'][];

function worstFirst(left: Answer, right: Answer): number {
  return (
    states.indexOf(left.result.state) - states.indexOf(right.result.state) ||
    checkSeverities.indexOf(left.check.severity) - checkSeverities.indexOf(right.check.severity) ||
    (left.check.id < right.check.id ? -1 : 1)
  );
}

/** Answers of one state; what another failure implies is counted with that one. */
export function counted(answers: readonly Answer[], state: JoinedResult['state']): number {
  return answers.filter(({ result }) => result.state === state && result.foldedUnder === undefined).length;
}

/** Not assessed and error neither pass nor fail; where nothing else is left, nothing could be judged. */
function verdictOf(answers: readonly Answer[], failOn: CheckSeverity): ComplianceReport['verdict'] {
  const failed = answers.filter(({ result }) => result.state === 'fail' && result.foldedUnder === undefined);
  const atLimit = failed.filter(
    ({ check }) => checkSeverities.indexOf(check.severity) <= checkSeverities.indexOf(failOn),
  );
  const open = counted(answers, 'not-assessed') + counted(answers, 'error');
  const rest = open === 0 ? '' : ` ${open} ${open === 1 ? 'check was' : 'checks were'} not assessed.`;
  if (atLimit.length > 0) {
    const checks = atLimit.length === 1 ? '1 check fails' : `${atLimit.length} checks fail`;
    return { kind: 'fail', reason: `${checks} at ${failOn} or above.${rest}` };
  }
  const decided = counted(answers, 'pass') + counted(answers, 'warn') + failed.length;
  if (decided === 0) return { kind: 'cannot-judge', reason: `No check could be assessed.${rest}` };
  const below = failed.length === 0 ? '' : `; ${failed.length} below it`;
  return { kind: 'pass', reason: `No check fails at ${failOn} or above${below}.${rest}` };
}

/** Texts of what was seen that are shown; the JSON holds all. */
const mostSeen = 10;

/** What a person reads of an answer: what was seen, why it matters and what to change. */
export function linesOf({ check, result }: Answer): readonly string[] {
  if ('reason' in result) return [result.reason];
  if (!('seen' in result)) return [];
  const shown = result.seen.slice(0, mostSeen).join(', ');
  const more = result.seen.length > mostSeen ? ` and ${result.seen.length - mostSeen} more` : '';
  const contradiction = otherwiseWords(result);
  return [
    ...(shown === '' ? [] : [`Seen: ${shown}${more}.`]),
    ...(contradiction === undefined ? [] : [`${contradiction}.`]),
    check.why,
    ...remedies(check),
  ];
}

/** `Fails with it: CTR-005, CTR-007.`; missing where a failure implies no other one. */
export function impliedLine({ check }: Answer, answers: readonly Answer[]): string | undefined {
  const implied = answers.filter(({ result }) => result.foldedUnder === check.id).map((one) => one.check.id);
  return implied.length === 0 ? undefined : `Fails with it: ${implied.join(', ')}.`;
}

const askers = {
  docker: 'Docker',
  compose: 'Compose',
  kubernetes: 'Kubernetes',
  dockerfile: 'Dockerfile',
  engine: 'Engine',
  host: 'Host',
  registry: 'Registry',
} as const satisfies Record<keyof About['remedy'], string>;

/** What to change, a line for each who can. */
export function remedies({ remedy }: About): readonly string[] {
  return Object.entries(remedy).map(([asker, text]) => `${askers[asker as keyof typeof askers]}: ${text}`);
}
