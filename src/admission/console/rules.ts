import { AppError } from '#base/index.ts';
import { keptRules } from '#rules/console/index.ts';
import type { AdmissionRule, AdmissionRuleText, SentAdmissionRule } from '../contract.ts';
import { admissionRulesChanged } from './facts.ts';
import { admissionSchema } from './schema.ts';

/** What may start: of the rules whose scope holds it, the first. What comes with the console tells, and stops nothing. */
export const admissionRules = keptRules<AdmissionRule>({
  kind: 'admission-rule',
  plural: 'admission-rules',
  schema: admissionSchema,
  lastText: {
    name: 'Default',
    description: 'Applies to every start that no rule above it applies to.',
    state: 'on',
    fail: 'alert',
    cannotJudge: 'alert',
    unknown: 'alert',
    holdSeconds: 30,
    builds: 'allow',
    rogue: 'alert',
  },
  check: async () => undefined,
  announce: async (transaction, rule) => await transaction.announce(admissionRulesChanged, { rule }),
});

/** Throws `bad-request` for what is written elsewhere: left out unseen, it would let start what its author means to refuse. */
export function writtenHere({ settings = [], agentAway = 'allow', ...text }: SentAdmissionRule): AdmissionRuleText {
  const what = settings.length > 0 ? 'settings' : agentAway === 'deny' ? 'agentAway' : undefined;
  if (what === undefined) return text;
  throw new AppError('bad-request', `rule.${what}: what starts is judged by its settings in compliance rules.`, {
    next: `Write it as rule.${what} of a compliance rule: PUT /api/v1/compliance-rules/:id.`,
  });
}
