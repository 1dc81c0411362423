import { type CheckSeverity, checkSeverities, type ListedCheck, type StoredResult } from '#compliance/contract.ts';

/** The answer of one check with what the check says of itself; an answer of another release may have no check here. */
export interface Judged {
  readonly id: string;
  readonly check?: ListedCheck;
  readonly result: StoredResult;
}

/** A failure, and those that it explains: they are counted once. */
export interface Failure extends Judged {
  readonly folded: readonly Judged[];
}

/** Checks that could not answer for one reason. */
export interface ReasonGroup {
  readonly reason: string;
  readonly answers: readonly Judged[];
}

/** How all checks stand for one subject, in the order in which a page shows them. */
export interface Standing {
  /** Checks of this release without an answer. */
  readonly unanswered: readonly ListedCheck[];
  /** Checks that failed themselves. */
  readonly errors: readonly ReasonGroup[];
  /** The worst first. */
  readonly failures: readonly Failure[];
  /** The worst first. */
  readonly warnings: readonly Judged[];
  /** They fail, and somebody agreed to that until a date. */
  readonly excepted: readonly Judged[];
  /** The reason of the most first. */
  readonly notAssessed: readonly ReasonGroup[];
  readonly notApplicable: readonly ReasonGroup[];
  readonly passed: readonly Judged[];
}

/** Orders and groups the answers of one subject; `checks` are those that are asked of it. */
export function standingOf(results: readonly StoredResult[], checks: readonly ListedCheck[]): Standing {
  const about = new Map(checks.map((check) => [check.id, check]));
  const judged = results
    .map((result): Judged => {
      const check = about.get(result.id);
      return { id: result.id, result, ...(check !== undefined && { check }) };
    })
    .toSorted(worstFirst);
  const ofState = (state: StoredResult['state']): readonly Judged[] =>
    judged.filter(({ result }) => result.state === state);
  const answered = new Set(results.map(({ id }) => id));
  return {
    unanswered: checks.filter(({ id }) => !answered.has(id)),
    errors: byReason(ofState('error')),
    failures: folded(ofState('fail')),
    warnings: ofState('warn'),
    excepted: ofState('excepted'),
    notAssessed: byReason(ofState('not-assessed')),
    notApplicable: byReason(ofState('not-applicable')),
    passed: ofState('pass'),
  };
}

/** Answers in all groups. */
export function answersIn(groups: readonly ReasonGroup[]): number {
  return groups.reduce((sum, { answers }) => sum + answers.length, 0);
}

/** The worst severity of some; missing: none of them is of this release. */
export function worstOf(answers: readonly Judged[]): CheckSeverity | undefined {
  return checkSeverities.find((severity) => answers.some(({ check }) => check?.severity === severity));
}

/** An answer whose severity is not known here stands first: nobody can say that it is harmless. */
function worstFirst(left: Judged, right: Judged): number {
  return rankOf(left) - rankOf(right) || (left.id < right.id ? -1 : 1);
}

function rankOf({ check }: Judged): number {
  return check === undefined ? -1 : checkSeverities.indexOf(check.severity);
}

/** Puts each failure below the one that explains it, however many explain each other. */
function folded(failures: readonly Judged[]): readonly Failure[] {
  const byId = new Map(failures.map((failure) => [failure.id, failure]));
  const below = Map.groupBy(failures, (failure) => rootOf(failure, byId));
  return failures
    .filter((failure) => rootOf(failure, byId) === failure)
    .map((failure) => ({ ...failure, folded: (below.get(failure) ?? []).filter((one) => one !== failure) }));
}

/** A cause that does not fail here explains nothing, and neither do two that name each other. */
function rootOf(failure: Judged, byId: ReadonlyMap<string, Judged>): Judged {
  const passed = new Set<Judged>();
  let root = failure;
  for (;;) {
    if (passed.has(root)) return failure;
    passed.add(root);
    const cause = root.result.foldedUnder === undefined ? undefined : byId.get(root.result.foldedUnder);
    if (cause === undefined) return root;
    root = cause;
  }
}

function byReason(answers: readonly Judged[]): readonly ReasonGroup[] {
  return [...Map.groupBy(answers, ({ result }) => result.reason ?? 'No reason is given.')]
    .map(([reason, all]) => ({ reason, answers: all }))
    .toSorted((left, right) => right.answers.length - left.answers.length || (left.reason < right.reason ? -1 : 1));
}
