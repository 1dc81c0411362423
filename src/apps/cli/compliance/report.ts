import {
  type About,
  checkSeverities,
  type CheckSeverity,
  type Inheritance,
  type JoinedResult,
  otherwiseWords,
  type Template,
} from '#compliance/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import type { BaseImage } from './base-image.ts';

/** What all checks say of one subject. */
export interface ComplianceReport {
  readonly subject: { readonly kind: string; readonly name: string };
  readonly template?: Pick<Template, 'id' | 'title'>;
  /** Of an image; missing: nobody looked for it. */
  readonly base?: BaseImage;
  readonly at: Date;
  /** The worst first. */
  readonly answers: readonly Answer[];
  readonly verdict: { readonly kind: VerdictKind; readonly reason: string };
}

export interface Answer {
  readonly check: About;
  readonly result: JoinedResult;
  /** What of it comes from the image that this one is built on; missing: nothing that is known. */
  readonly inherited?: Exclude<Inheritance, { kind: 'own' }> & { readonly from: string };
}

export interface ReportOptions {
  readonly subject: ComplianceReport['subject'];
  readonly template?: Template;
  readonly base?: BaseImage;
  readonly at: Date;
  /** The least severity whose failures fail the whole. */
  readonly failOn: CheckSeverity;
}

/** Orders the answers, leaves out what the template does not ask, and judges them. */
export function reportOf(
  answers: readonly Answer[],
  { subject, template, base, at, failOn }: ReportOptions,
): ComplianceReport {
  const asked = answers.filter(({ check }) => template === undefined || template.sectionsOf(check).length > 0);
  const ordered = unfolded(asked).toSorted(worstFirst);
  return {
    subject,
    ...(template !== undefined && { template: { id: template.id, title: template.title } }),
    ...(base !== undefined && { base }),
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
export function linesOf({ check, result, inherited }: Answer): readonly string[] {
  if ('reason' in result) return [result.reason];
  if (!('seen' in result)) return [];
  const shown = result.seen.slice(0, mostSeen).join(', ');
  const more = result.seen.length > mostSeen ? ` and ${result.seen.length - mostSeen} more` : '';
  const contradiction = otherwiseWords(result);
  return [
    ...(shown === '' ? [] : [`Seen: ${shown}${more}.`]),
    ...(inherited === undefined ? [] : [inheritedLine(inherited)]),
    ...(contradiction === undefined ? [] : [`${contradiction}.`]),
    check.why,
    ...remedies(check),
  ];
}

function inheritedLine({ kind, values, from }: NonNullable<Answer['inherited']>): string {
  if (kind === 'whole') return `Inherited from ${from}: all of it. Change it there, or build on another image.`;
  const more = values.length > mostSeen ? ` and ${values.length - mostSeen} more` : '';
  return `Inherited from ${from}: ${values.slice(0, mostSeen).join(', ')}${more}.`;
}

/** `Built on debian:13: 1 of 5 layers; 2 of 4 failures are inherited.`; missing for what is no image. */
export function baseLine({ base, answers }: Pick<ComplianceReport, 'base' | 'answers'>): string | undefined {
  if (base === undefined) return undefined;
  if (base.kind === 'unknown')
    return 'Built on: not known. No image of the engine is its base; name one by --base to see what is inherited.';
  const failed = answers.filter(({ result }) => result.state === 'fail' && result.foldedUnder === undefined);
  const inherited = failed.filter((answer) => answer.inherited?.kind === 'whole').length;
  const failures = failed.length === 1 ? '1 failure' : `${failed.length} failures`;
  return `Built on ${base.name}: ${base.layers} of ${base.of} layers; ${inherited} of ${failures} inherited.`;
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
