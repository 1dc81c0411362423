import type { SettingsRule } from '../contract.ts';
import type { ContainerSettings, SettingsViolation } from './settings.ts';

/** The setting of one kind of rule. */
export type SettingsRuleOf<Kind extends SettingsRule['kind']> = Extract<SettingsRule, { readonly kind: Kind }>;

/** One thing that a rule objects to. */
export type SettingsObjection = Pick<SettingsViolation, 'message' | 'remedy'>;

/** One kind of rule over settings. A plug-in under `rules/`; pure. */
export interface SettingsRuleKind<Setting extends SettingsRule> {
  readonly id: Setting['kind'];
  /** Raised when the same settings would give another answer. */
  readonly version: number;
  readonly summary: string;
  evaluate(settings: ContainerSettings, rule: Setting): readonly SettingsObjection[];
}
