import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { line } from '#http/fields.ts';
import { type FieldsOf, ScopedRule } from '#rules/contract.ts';

/** What a runtime rule does about what it catches. `block` prevents and stops the container. */
export const RuntimeEffect = z.enum(['ignore', 'alert', 'prevent', 'block']);
export type RuntimeEffect = z.infer<typeof RuntimeEffect>;

/** Its words, in the order of a form. */
export const runtimeEffects = {
  ignore: 'Ignore',
  alert: 'Alert',
  prevent: 'Prevent',
  block: 'Prevent and stop the container',
} as const;

/** A runtime rule as agents apply it. */
export const RuntimeRule = ScopedRule.extend({
  /** Programs that are not the image's, or changed. */
  drift: RuntimeEffect,
  /** Code files that are not the image's, or changed, opened by what runs them. */
  code: RuntimeEffect,
  /** What the model lacks, once the dimension is active (alert) or `protect-ready` (prevent and block). */
  process: RuntimeEffect,
  /** `at-once`: prevent also before the dimension is protect-ready; a person's decision, kept with what it would have stopped. */
  preventFrom: z.enum(['protect-ready', 'active']),
  /** `judge` or leave out what people do in `docker exec` sessions. */
  execSessions: z.enum(['judge', 'record']),
  /** Names of programs, besides the built-in list, that are never learned. */
  neverLearn: z.array(line(255)).max(500),
  /** Other environments whose evidence counts in models where this rule applies; missing: none. */
  evidenceFrom: z.array(Environment).max(20).optional(),
});
export type RuntimeRule = Immutable<z.infer<typeof RuntimeRule>>;

/** What a person writes of it. */
export const RuntimeRuleText = RuntimeRule.omit({ id: true, version: true });
export type RuntimeRuleText = Immutable<z.infer<typeof RuntimeRuleText>>;

/** Its fields in a form, but for those of every rule. */
export const runtimeFields: FieldsOf<Omit<RuntimeRuleText, keyof ScopedRule>> = {
  drift: { label: 'Programs that are not in the image, or changed', choices: runtimeEffects },
  code: { label: 'New or changed code files: jars, JSPs, scripts, libraries', choices: runtimeEffects },
  process: { label: 'Programs that are not in the model', choices: runtimeEffects },
  preventFrom: {
    label: 'Prevent what is not in the model',
    choices: { 'protect-ready': 'when the model is ready to prevent', active: 'when the model is active' },
  },
  execSessions: { label: 'docker exec sessions', choices: { record: 'Record', judge: 'Judge by the model' } },
  neverLearn: {
    label: 'Never-learn list, besides the built-in one',
    help: 'Programs, separated by spaces.',
    form: 'words',
  },
  evidenceFrom: {
    label: 'Other environments whose evidence counts',
    help: 'Separated by spaces.',
    example: 'dev test',
    form: 'words',
  },
};

/** A new rule: it alerts on everything and prevents nothing. */
export const newRuntimeRule: RuntimeRuleText = {
  name: '',
  state: 'on',
  drift: 'alert',
  code: 'alert',
  process: 'alert',
  preventFrom: 'protect-ready',
  execSessions: 'record',
  neverLearn: [],
};
