import { type CheckSeverity, checkSeverities, type ListedCheck, type StoredResult } from '#compliance/contract.ts';

/** The answer of one check with what the check says of itself; an answer of another release may have no check here. */
export interface AnsweredCheck {
  readonly id: string;
  readonly check?: ListedCheck;
  readonly result: StoredResult;
}

/** A failure, and those that it explains: they are counted once. */
export interface Failure extends AnsweredCheck {
  readonly folded: readonly AnsweredCheck[];
}

/** Checks that could not answer for one reason. */
export interface ReasonGroup {
  readonly reason: string;
  readonly answers: readonly AnsweredCheck[];
}

/** How all checks stand for one subject, in the order in which a page shows them. */
export interface Status {
  /** Checks of this release without an answer. */
  readonly unanswered: readonly ListedCheck[];
  /** Checks that failed themselves. */
  readonly errors: readonly ReasonGroup[];
  /** The worst first. */
  readonly failures: readonly Failure[];
  /** The worst first. */
  readonly warnings: readonly AnsweredCheck[];
  /** They fail, and somebody agreed to that until a date. */
  readonly excepted: readonly AnsweredCheck[];
  /** The reason of the most first. */
  readonly notAssessed: readonly ReasonGroup[];
  readonly notApplicable: readonly ReasonGroup[];
  readonly passed: readonly AnsweredCheck[];
}

/** Orders and groups the answers of one subject; `checks` are those that are asked of it. */
export function statusOf(results: readonly StoredResult[], checks: readonly ListedCheck[]): Status {
  const about = new Map(checks.map((check) => [check.id, check]));
  const judged = results
    .map((result): AnsweredCheck => {
      const check = about.get(result.id);
      return { id: result.id, result, ...(check !== undefined && { check }) };
    })
    .toSorted(worstFirst);
  const ofState = (state: StoredResult['state']): readonly AnsweredCheck[] =>
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
export function worstOf(answers: readonly AnsweredCheck[]): CheckSeverity | undefined {
  return checkSeverities.find((severity) => answers.some(({ check }) => check?.severity === severity));
}

/** An answer whose severity is not known here stands first: nobody can say that it is harmless. */
function worstFirst(left: AnsweredCheck, right: AnsweredCheck): number {
  return rankOf(left) - rankOf(right) || (left.id < right.id ? -1 : 1);
}

function rankOf({ check }: AnsweredCheck): number {
  return check === undefined ? -1 : checkSeverities.indexOf(check.severity);
}

/** Puts each failure below the one that explains it, however many explain each other. */
function folded(failures: readonly AnsweredCheck[]): readonly Failure[] {
  const byId = new Map(failures.map((failure) => [failure.id, failure]));
  const below = Map.groupBy(failures, (failure) => rootOf(failure, byId));
  return failures
    .filter((failure) => rootOf(failure, byId) === failure)
    .map((failure) => ({ ...failure, folded: (below.get(failure) ?? []).filter((one) => one !== failure) }));
}

/** A cause that does not fail here explains nothing, and neither do two that name each other. */
function rootOf(failure: AnsweredCheck, byId: ReadonlyMap<string, AnsweredCheck>): AnsweredCheck {
  const passed = new Set<AnsweredCheck>();
  let root = failure;
  for (;;) {
    if (passed.has(root)) return failure;
    passed.add(root);
    const cause = root.result.foldedUnder === undefined ? undefined : byId.get(root.result.foldedUnder);
    if (cause === undefined) return root;
    root = cause;
  }
}

function byReason(answers: readonly AnsweredCheck[]): readonly ReasonGroup[] {
  return [...Map.groupBy(answers, ({ result }) => result.reason ?? 'No reason is given.')]
    .map(([reason, all]) => ({ reason, answers: all }))
    .toSorted((left, right) => right.answers.length - left.answers.length || (left.reason < right.reason ? -1 : 1));
}
