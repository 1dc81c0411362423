import { byId } from '#rules/index.ts';
import type { SettingsRule } from '../../contract.ts';
import type { SettingsObjection, SettingsRuleKind } from '../rule.ts';
import type { ContainerSettings } from '#inventory/index.ts';
import { addedCapabilities } from './added-capabilities/index.ts';
import { engineSocket } from './engine-socket/index.ts';
import { hostNamespaces } from './host-namespaces/index.ts';
import { hostPaths } from './host-paths/index.ts';
import { privileged } from './privileged/index.ts';
import { seccompOff } from './seccomp-off/index.ts';

/** Every kind of rule over settings, the heaviest first. The only registration. */
export const settingsRules = [
  privileged,
  engineSocket,
  hostPaths,
  hostNamespaces,
  addedCapabilities,
  seccompOff,
] as const;

/** A kind that the list lacks does not compile here: a rule that nobody evaluates would let everything start. */
const evaluators: Readonly<Record<SettingsRule['kind'], SettingsRuleKind<SettingsRule>>> = byId(settingsRules);

/** What one rule objects to. */
export function evaluateSettings(settings: ContainerSettings, rule: SettingsRule): readonly SettingsObjection[] {
  return evaluators[rule.kind].evaluate(settings, rule);
}
