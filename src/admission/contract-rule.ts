import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { type FieldsOf, ScopedRule } from '#rules/contract.ts';
import { AdmissionEffect, effectChoices } from './contract-effect.ts';
import { AgentAway, SettingsRules } from '#compliance/contract.ts';

/** An admission rule as gates apply it. */
export const AdmissionRule = ScopedRule.extend({
  /** Of an image whose verdict is `fail`, in the environment where it starts. */
  fail: AdmissionEffect,
  /** Of an image whose verdict is `cannot-judge`. */
  cannotJudge: AdmissionEffect,
  /** Of an image that nobody knows when its start was held for `holdSeconds`. */
  unknown: AdmissionEffect,
  /** Seconds for which the start of an unknown image is held while it is scanned and judged. */
  holdSeconds: z.int().min(0).max(120),
  /**
   * What compliance rules say of settings where this one holds, in ledgers alone: agents of the release before look for it
   * here, and their consoles wrote it nowhere else.
   */
  settings: SettingsRules.optional(),
  /** Likewise. */
  agentAway: AgentAway.optional(),
  /**
   * Steps of image builds. `approved-base`: a step runs when the lowest layers of its root are those of an approved base;
   * seen where Docker keeps images in its own store with overlay2, elsewhere it is refused.
   */
  builds: z.enum(['allow', 'approved-base', 'deny']),
  /** Running containers without admission, or whose image no longer passes. */
  rogue: z.enum(['ignore', 'alert', 'stop']),
});
export type AdmissionRule = Immutable<z.infer<typeof AdmissionRule>>;

/** What a person writes of it. */
export const AdmissionRuleText = AdmissionRule.omit({ id: true, version: true, settings: true, agentAway: true });
export type AdmissionRuleText = Immutable<z.infer<typeof AdmissionRuleText>>;

/** The same as programs may still send it that were written when settings stood here: what they say of these is refused. */
export const SentAdmissionRule = AdmissionRuleText.extend({
  settings: SettingsRules.optional(),
  agentAway: AgentAway.optional(),
});
export type SentAdmissionRule = Immutable<z.infer<typeof SentAdmissionRule>>;

/** Its fields in a form, but for those of every rule. */
export const admissionFields: FieldsOf<Omit<AdmissionRuleText, keyof ScopedRule>> = {
  fail: { label: 'Images that fail their policy', choices: effectChoices },
  cannotJudge: {
    label: 'Images that cannot be judged (incomplete scan or stale feeds)',
    choices: effectChoices,
  },
  unknown: { label: 'Unknown images', choices: effectChoices },
  holdSeconds: { label: 'Hold the start of an unknown image while it is scanned', unit: 'seconds' },
  builds: {
    label: 'Image builds',
    choices: { allow: 'Allow', 'approved-base': 'Allow on approved bases', deny: 'Block' },
  },
  rogue: {
    label: 'Rogue containers (not admitted, or no longer passing)',
    choices: { ignore: 'Ignore', alert: 'Alert', stop: 'Stop' },
  },
};

/** A new rule: it alerts on everything and refuses nothing. */
export const newAdmissionRule: AdmissionRuleText = {
  name: '',
  state: 'on',
  fail: 'alert',
  cannotJudge: 'alert',
  unknown: 'alert',
  holdSeconds: 30,
  builds: 'allow',
  rogue: 'alert',
};
