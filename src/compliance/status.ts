import type { CheckState } from './contract.ts';

/** How one check stands for a subject; version 0: time ended the answer, no check gave it. */
export interface CheckStatus {
  readonly state: CheckState;
  readonly version: number;
}

/** How all checks stand for a subject, by their ids. */
export type Status = Readonly<Record<string, CheckStatus>>;

/** What is to be written down of a subject. */
export type StatusChange =
  | { readonly kind: 'first'; readonly checks: number }
  | { readonly kind: 'changed'; readonly check: string; readonly from: CheckState; readonly to: CheckState };

/**
 * What became another between two looks at a subject. A check that another release brought, or judges by another
 * version, says nothing of the subject: that is one line for all.
 */
export function changesBetween(before: Status | undefined, after: Status): readonly StatusChange[] {
  const checks = Object.entries(after).toSorted(([left], [right]) => (left < right ? -1 : 1));
  if (before === undefined) return checks.length === 0 ? [] : [{ kind: 'first', checks: checks.length }];
  return checks.flatMap(([check, now]): readonly StatusChange[] => {
    const was = Object.hasOwn(before, check) ? before[check] : undefined;
    if (was === undefined || was.state === now.state || isOtherVersion(was, now)) return [];
    return [{ kind: 'changed', check, from: was.state, to: now.state }];
  });
}

/**
 * The same, as it is written down: what changes do not tell, such as the answers of new checks, is one line that names
 * how all stand now.
 */
export function linesBetween(before: Status | undefined, after: Status): readonly StatusChange[] {
  const changes = changesBetween(before, after);
  if (before === undefined || changes.length > 0 || haveEqualStates(before, after)) return changes;
  return [{ kind: 'first', checks: Object.keys(after).length }];
}

function haveEqualStates(before: Status, after: Status): boolean {
  const checks = Object.keys(after);
  return (
    checks.length === Object.keys(before).length &&
    checks.every((check) => Object.hasOwn(before, check) && before[check]?.state === after[check]?.state)
  );
}

function isOtherVersion(was: CheckStatus, now: CheckStatus): boolean {
  return was.version !== now.version && was.version !== 0 && now.version !== 0;
}
