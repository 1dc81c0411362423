import type { RuntimeRule, RuntimeRuleText } from '#runtime/contract.ts';

type Effect = RuntimeRule['drift'];

const effectWords: Readonly<Record<Effect, string>> = {
  ignore: 'Ignore',
  alert: 'Alert',
  prevent: 'Prevent',
  block: 'Prevent and stop the container',
};

export const effectOptions = (['ignore', 'alert', 'prevent', 'block'] as const).map(
  (effect) => [effect, effectWords[effect]] as const,
);

/** A new rule: it alerts on everything and prevents nothing. */
export const beginning: RuntimeRuleText = {
  name: '',
  state: 'on',
  drift: 'alert',
  code: 'alert',
  process: 'alert',
  preventFrom: 'protect-ready',
  execSessions: 'record',
  neverLearn: [],
};

/** What a rule does, in one sentence. */
export function ruleSentence(rule: Omit<RuntimeRule, 'id' | 'version'>): string {
  const { drift, code, process, preventFrom, execSessions, evidenceFrom = [] } = rule;
  const parts = [
    `Programs that are not in the image: ${effectWords[drift].toLowerCase()}`,
    `changed code files: ${effectWords[code].toLowerCase()}`,
    `programs that are not in the model: ${effectWords[process].toLowerCase()}${stops(process) ? (preventFrom === 'active' ? ' when the model is active' : ' when the model is ready to prevent') : ''}`,
    execSessions === 'judge' ? 'docker exec sessions are judged' : 'docker exec sessions are recorded',
    ...(evidenceFrom.length === 0 ? [] : [`evidence from ${evidenceFrom.join(', ')} counts too`]),
  ];
  return `${parts.join('; ')}.`;
}

function stops(effect: Effect): boolean {
  return effect === 'prevent' || effect === 'block';
}
