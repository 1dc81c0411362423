import type { Break } from './break.ts';
import { confinementBreaks } from './confinement.ts';
import { hostFileBreaks } from './host-files.ts';
import { operationBreaks } from './operation.ts';
import { privilegeBreaks } from './privileges.ts';

export type { Break } from './break.ts';
export { trialBundle, trialRequest, type TrialStart } from './documents.ts';
export { breakOfSettings } from './settings.ts';

/** What breaks a check of containers at a start, by its id. */
const breaks: Readonly<Record<string, Break>> = {
  ...privilegeBreaks,
  ...confinementBreaks,
  ...hostFileBreaks,
  ...operationBreaks,
};

/** Checks that a gate decides and that no single start can break, each with the reason. */
const unbreakable: Readonly<Record<string, string>> = {
  'CTR-022': 'It takes a second container whose mounts the first one takes over.',
  'CTR-031': 'It takes a second container whose network the first one joins.',
  'CTR-039': 'It takes a second container whose processes the first one sees.',
  'CTR-041': 'The check warns and never fails, and a warning blocks nothing.',
  'CTR-068': 'It takes a runtime that the engine knows and that nobody approved.',
  'CTR-077': 'An engine makes no container of an image that it does not have.',
};

/** What breaks a check of containers, or why no start can be asked for that does. */
export function breakOf(check: string): Break | string {
  const own = Object.hasOwn(breaks, check) ? breaks[check] : undefined;
  return own ?? unbreakable[check] ?? 'This release has no start that breaks the check.';
}
