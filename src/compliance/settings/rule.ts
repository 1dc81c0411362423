import type { SettingsRule } from '../contract.ts';
import type { ContainerSettings } from '#inventory/index.ts';

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

/** Whose words a remedy uses: options of `docker run`, or fields of a pod. */
export type Asker = 'docker' | 'pod';

/** What a rule found. The message says what exactly, the remedy which change removes it. */
export interface SettingsViolation {
  readonly kind: string;
  readonly effect: 'alert' | 'block';
  readonly message: string;
  readonly remedy: string;
}
