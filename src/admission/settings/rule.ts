import type { SettingsRule } from '../contract.ts';
import type { Asker, ContainerSettings } from './settings.ts';

/** The setting of one kind of rule. */
export type SettingsRuleOf<Kind extends SettingsRule['kind']> = Extract<SettingsRule, { readonly kind: Kind }>;

/** One thing that a rule objects to, and the change that removes it in the words of each who may have asked. */
export interface SettingsObjection {
  readonly message: string;
  readonly remedies: Readonly<Record<Asker, string>>;
}

/** One kind of rule over settings. A plug-in under `rules/`; pure. */
export interface SettingsRuleKind<Setting extends SettingsRule> {
  readonly id: Setting['kind'];
  /** Raised when the same settings would give another answer. */
  readonly version: number;
  readonly summary: string;
  evaluate(settings: ContainerSettings, rule: Setting): readonly SettingsObjection[];
}
