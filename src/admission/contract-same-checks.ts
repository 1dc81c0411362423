import type { SettingsRule } from './contract-settings.ts';

/**
 * Checks that judge the same as each kind of rule over settings, by the same functions: what the rule objects to fails one
 * of them, where a document holds what they need.
 */
export const sameChecks: Readonly<Record<SettingsRule['kind'], readonly string[]>> = {
  privileged: ['CTR-001', 'CTR-043', 'CTR-066'],
  'engine-socket': ['CTR-020', 'CTR-021', 'CTR-022'],
  'host-namespaces': ['CTR-030', 'CTR-038', 'CTR-040', 'CTR-046', 'CTR-054', 'CTR-064'],
  'added-capabilities': ['CTR-005'],
  'host-paths': ['CTR-017', 'CTR-018', 'CTR-021', 'CTR-022', 'CTR-042', 'CTR-043'],
  'seccomp-off': ['CTR-047'],
};
