import type { HostNamespace } from '#inventory/contract.ts';
import type { SettingsRule } from './contract-settings.ts';

/** The check of each namespace. That of `user` asks as whom the container's root is known on the host. */
export const namespaceChecks = {
  pid: 'CTR-038',
  network: 'CTR-030',
  ipc: 'CTR-040',
  uts: 'CTR-046',
  cgroup: 'CTR-054',
  user: 'CTR-064',
} as const satisfies Readonly<Record<HostNamespace, string>>;

const byKind: Readonly<Partial<Record<SettingsRule['kind'], readonly string[]>>> = {
  privileged: ['CTR-001', 'CTR-043', 'CTR-066'],
  'engine-socket': ['CTR-020', 'CTR-021', 'CTR-022'],
  'host-namespaces': Object.values(namespaceChecks),
  'added-capabilities': ['CTR-005'],
  'host-paths': ['CTR-017', 'CTR-018', 'CTR-021', 'CTR-022', 'CTR-042', 'CTR-043'],
  'seccomp-off': ['CTR-047'],
};

/**
 * Checks that judge the same as a kind of rule over settings, by the same functions: what the rule objects to fails one of
 * them, where a document holds what they need. None: only the rule judges it.
 */
export function sameChecks(kind: SettingsRule['kind']): readonly string[] {
  return byKind[kind] ?? [];
}

/** Those of one rule. */
export function checksOfSettings(rule: SettingsRule): readonly string[] {
  return rule.kind === 'host-namespaces' ? rule.deny.map((name) => namespaceChecks[name]) : sameChecks(rule.kind);
}
