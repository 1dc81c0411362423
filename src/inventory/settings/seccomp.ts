import type { ContainerSettings } from './settings.ts';

const refusing: readonly string[] = [
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_TRAP',
];

/** What a profile is worth by what it does about calls that it does not name. */
export function seccompBy(defaultAction: string): ContainerSettings['seccomp'] {
  return refusing.includes(defaultAction) ? 'on' : 'open';
}
