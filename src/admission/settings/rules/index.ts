import type { SettingsRule } from '../../contract.ts';
import type { SettingsObjection } from '../rule.ts';
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

/** What one rule objects to. */
export function evaluateSettings(settings: ContainerSettings, rule: SettingsRule): readonly SettingsObjection[] {
  switch (rule.kind) {
    case 'privileged':
      return privileged.evaluate(settings, rule);
    case 'engine-socket':
      return engineSocket.evaluate(settings, rule);
    case 'host-paths':
      return hostPaths.evaluate(settings, rule);
    case 'host-namespaces':
      return hostNamespaces.evaluate(settings, rule);
    case 'added-capabilities':
      return addedCapabilities.evaluate(settings, rule);
    case 'seccomp-off':
      return seccompOff.evaluate(settings, rule);
    default:
      return rule satisfies never;
  }
}
