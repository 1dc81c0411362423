import { keptRules } from '#rules/console/index.ts';
import type { RuntimeRule } from '../contract.ts';
import { runtimeRulesChanged } from './facts.ts';
import { notifyAgents } from './notify-agents.ts';
import { runtimeSchema } from './schema.ts';

/** What is done about what containers run. What comes with the console tells, and stops nothing. */
export const runtimeRules = keptRules<RuntimeRule>({
  kind: 'runtime-rule',
  plural: 'runtime-rules',
  schema: runtimeSchema,
  lastText: {
    name: 'Default',
    description: 'Applies to every container that no rule above it applies to.',
    state: 'on',
    drift: 'alert',
    code: 'alert',
    process: 'alert',
    preventFrom: 'protect-ready',
    execSessions: 'record',
    neverLearn: [],
  },
  check: async () => {},
  announce: async (transaction, rule) => {
    await transaction.announce(runtimeRulesChanged, { rule });
    await notifyAgents(transaction, { kind: 'all' });
  },
});
