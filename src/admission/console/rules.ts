import { AppError } from '#base/index.ts';
import { keptRules } from '#rules/console/index.ts';
import type { AdmissionRule, AdmissionRuleText } from '../contract.ts';
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
    settings: [
      { kind: 'privileged', effect: 'alert' },
      { kind: 'engine-socket', effect: 'alert' },
    ],
    agentAway: 'allow',
    builds: 'allow',
    rogue: 'alert',
  },
  check: async ({ settings }) => checkSettings(settings),
  announce: async (transaction, rule) => await transaction.announce(admissionRulesChanged, { rule }),
});

function checkSettings(settings: AdmissionRuleText['settings']): void {
  const kinds = settings.map(({ kind }) => kind);
  const twice = kinds.find((kind, at) => kinds.indexOf(kind) !== at);
  if (twice !== undefined) throw new AppError('bad-request', `settings: ${twice} is named more than once.`);
}
