import type { SettingsRule } from '#compliance/contract.ts';
import { judgeSettings, nearlyAll } from '#compliance/index.ts';
import { capabilityName, nothingOfHost } from '#inventory/index.ts';
import type { BrokenSetting } from './start-decision.ts';

/** What rules object to in a program that gets these capabilities beyond those of its container. Pure. */
export function brokenByExec(
  capabilities: readonly string[],
  rules: readonly SettingsRule[],
): readonly BrokenSetting[] {
  const added = [...new Set(capabilities.map(capabilityName))].toSorted();
  // So many beyond those of the container are what `--privileged` gives.
  const isPrivileged = added.length >= nearlyAll;
  const privileged = rules.flatMap(({ kind, effect }) =>
    isPrivileged && kind === 'privileged' && effect !== 'ignore' ? [{ ...privilegedExec, effect }] : [],
  );
  const others = judgeSettings({ ...nothingOfHost, addedCapabilities: added }, ofCapabilities(rules), 'docker');
  return [...privileged, ...others.map((one) => ({ ...one, remedy: remedyOf(added, isPrivileged) }))];
}

/** What a refused caller of `docker exec --privileged` reads, whichever ring refuses. */
export const privilegedExec = {
  message: 'It would run privileged in the container.',
  remedy: 'Leave out --privileged.',
} as const;

function ofCapabilities(rules: readonly SettingsRule[]): readonly SettingsRule[] {
  return rules.filter(({ kind }) => kind === 'added-capabilities');
}

function remedyOf(added: readonly string[], isPrivileged: boolean): string {
  if (isPrivileged) return privilegedExec.remedy;
  return `Make the container with --cap-add ${added.join(' --cap-add ')} where a rule allows that, or run the program without.`;
}
