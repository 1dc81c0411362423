import type { ComplianceRule, ScopedSettings } from '../contract.ts';

/** What compliance rules say of settings, each with its scope, in their order. */
export function scopedSettings(rules: readonly ComplianceRule[]): readonly ScopedSettings[] {
  return rules.map(({ id, version, name, state, collections, settings = [], agentAway = 'allow' }) => ({
    id,
    version,
    name,
    state,
    ...(collections && { collections }),
    settings,
    agentAway,
  }));
}
