import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';
import { type FieldsOf, ScopedRule } from '#rules/contract.ts';
import { ComplianceEffect, complianceEffects } from './contract-effect.ts';
import { AgentAway, SettingsRules } from './contract-settings.ts';

/** Which checks a line of a rule names. */
export const CheckChoice = z.discriminatedUnion('by', [
  z.object({ by: z.literal('check'), id: line(64) }),
  /** `section`: with all that is below it; missing: the whole template. */
  z.object({ by: z.literal('template'), template: line(64), section: line(64).optional() }),
  /** And above. */
  z.object({ by: z.literal('severity'), severity: z.enum(['critical', 'high', 'medium', 'low']) }),
]);
export type CheckChoice = Immutable<z.infer<typeof CheckChoice>>;

export const RuleLine = z.object({ checks: CheckChoice, effect: ComplianceEffect });
export type RuleLine = Immutable<z.infer<typeof RuleLine>>;

/** A compliance rule. Its lines are checked top down: the first that names a check decides; no line: it is only recorded. */
export const ComplianceRule = ScopedRule.extend({
  lines: z.array(RuleLine).max(500),
  /** What gates do about the settings of what starts: one of each kind at most. Missing: nothing. */
  settings: SettingsRules.optional(),
  /** Missing: `allow`. */
  agentAway: AgentAway.optional(),
  /** Of a check that a line names and that could not be assessed, or was in error. */
  notAssessed: ComplianceEffect,
  /** Whether a container that fails a block line is stopped, or only reported. */
  running: z.enum(['alert', 'stop']),
});
export type ComplianceRule = Immutable<z.infer<typeof ComplianceRule>>;

/** What a person writes of it. */
export const ComplianceRuleText = ComplianceRule.omit({ id: true, version: true });
export type ComplianceRuleText = Immutable<z.infer<typeof ComplianceRuleText>>;

/** Its fields in a form, but for those of every rule. */
export const complianceFields: FieldsOf<Omit<ComplianceRuleText, keyof ScopedRule>> = {
  lines: {
    label: 'Lines',
    help: 'Checked top down: the first line that names a check decides. A check that no line names is only recorded.',
    control: 'compliance-lines',
  },
  settings: { label: 'Settings of containers, programs and plugins that start', control: 'settings-rules' },
  agentAway: {
    label: 'Starts whose settings need the agent, while it does not answer',
    choices: { allow: 'Allow', deny: 'Block' },
  },
  notAssessed: { label: 'Checks that could not be assessed', choices: complianceEffects },
  running: {
    label: 'Containers that run and fail a block line',
    choices: { alert: 'Alert', stop: 'Stop' },
  },
};

/** The rule that comes with the product: it alerts on what is high or critical, and blocks nothing. */
export const lastComplianceRule: ComplianceRuleText = {
  name: 'Default',
  description: 'Applies to everything that no rule above it applies to.',
  state: 'on',
  lines: [{ checks: { by: 'severity', severity: 'high' }, effect: 'alert' }],
  settings: [
    { kind: 'privileged', effect: 'alert' },
    { kind: 'engine-socket', effect: 'alert' },
  ],
  agentAway: 'allow',
  notAssessed: 'ignore',
  running: 'alert',
};

/** A new rule: it alerts on what is high or critical, and blocks nothing. */
export const newComplianceRule: ComplianceRuleText = {
  name: '',
  state: 'on',
  lines: [{ checks: { by: 'severity', severity: 'high' }, effect: 'alert' }],
  settings: [],
  agentAway: 'allow',
  notAssessed: 'alert',
  running: 'alert',
};
