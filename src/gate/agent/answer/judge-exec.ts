import { judgeSettings } from '#compliance/index.ts';
import type { SettingsRule } from '#compliance/contract.ts';
import { nearlyAll } from '#compliance/index.ts';
import { capabilityName, type ContainerSettings } from '#inventory/index.ts';
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
  const others = judgeSettings({ ...nothing, addedCapabilities: added }, ofCapabilities(rules), 'docker');
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

/** A program adds nothing else to its container. */
const nothing: ContainerSettings = {
  everyDevice: false,
  hostNamespaces: [],
  addedCapabilities: [],
  mounts: [],
  tooMany: [],
  devices: [],
  seccomp: 'on',
  systemPaths: 'closed',
  engineSockets: [],
};
