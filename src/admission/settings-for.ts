import type { Selectable } from '#access/index.ts';
import type { ScopedSettings } from '#compliance/contract.ts';
import { ruleFor } from '#rules/index.ts';
import type { Ledger } from './contract.ts';

/** Rules over settings of a ledger: of compliance rules, and in a ledger of the release before of admission rules. */
export function settingsIn({ settings, rules }: Pick<Ledger, 'settings' | 'rules'>): readonly ScopedSettings[] {
  if (settings !== undefined) return settings;
  return rules.map((rule) => ({ ...rule, settings: rule.settings ?? [], agentAway: rule.agentAway ?? 'allow' }));
}

/** What is done about settings where something is to start; another ledger may bring something else. */
export function settingsFor(ledger: Ledger | undefined, place: Selectable): ScopedSettings | undefined {
  return ledger && ruleFor(settingsIn(ledger), ledger.collections, place);
}
