import type { SubjectKind } from './check.ts';

/** An agent reports at the latest every ten minutes; evidence outlives two reports that did not come. */
const life = 25 * 60_000;

/** Reports before this moment say nothing of now. */
export function silentBefore(now: Date): Date {
  return new Date(now.getTime() - life);
}

/** What an image holds does not change: its evidence has no end. */
export function mayFallSilent(kind: SubjectKind): boolean {
  return kind !== 'image';
}
