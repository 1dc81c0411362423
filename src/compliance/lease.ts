import type { SubjectKind } from './check.ts';

/** Milliseconds after which agents read everything again. */
export const reportPeriod = 600_000;

/** How long what was said holds without another word: two rounds may be missed, and half of one is for the way. */
const lease = 2.5 * reportPeriod;

/** Milliseconds for which facts hold after their host reported them last; missing: they do not end by time. */
export const leases: Readonly<Partial<Record<SubjectKind, number>>> = {
  host: lease,
  engine: lease,
  container: lease,
};

/** Since when nobody knows how a subject stands; `undefined`: what was reported holds. */
export function silentSince(kind: SubjectKind, reportedAt: Date, now: Date): Date | undefined {
  const milliseconds = leases[kind];
  if (milliseconds === undefined) return undefined;
  return now.getTime() - reportedAt.getTime() > milliseconds ? reportedAt : undefined;
}

/** When what was reported ends, unless it is reported again; `undefined`: never by time. */
export function leaseEnd(kind: SubjectKind, reportedAt: Date): Date | undefined {
  const milliseconds = leases[kind];
  return milliseconds === undefined ? undefined : new Date(reportedAt.getTime() + milliseconds);
}

/** Why checks of a silent subject are not assessed. */
export function silentReason(since: Date): string {
  return `Silent since ${since.toISOString().slice(0, 19).replace('T', ' ')} UTC: its host has not said how it stands. See whether the agent of the host runs and reaches the console.`;
}

/** Why checks of a container are not assessed that its host says runs since then, and has never reported facts of. */
export function unreportedReason(since: Date, now: Date): string {
  const at = since.toISOString().slice(0, 19).replace('T', ' ');
  return now.getTime() - since.getTime() > lease
    ? `Silent since ${at} UTC: its host says that it runs, and has reported nothing that checks can judge. See whether the agent of the host may read the engine, and upgrade it.`
    : `Not reported yet: its host says since ${at} UTC that it runs, and has reported nothing that checks can judge. A host reports a new container within a minute.`;
}
