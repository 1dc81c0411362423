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

/** A rule as it begins: it tells of everything and stops nothing. */
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
    `Programs that are not the image's: ${effectWords[drift].toLowerCase()}`,
    `changed code: ${effectWords[code].toLowerCase()}`,
    `what the model lacks: ${effectWords[process].toLowerCase()}${stops(process) ? (preventFrom === 'active' ? ' as soon as it is active' : ' once it is ready') : ''}`,
    execSessions === 'judge' ? 'sessions of docker exec are judged too' : 'sessions of docker exec are recorded',
    ...(evidenceFrom.length === 0 ? [] : [`evidence from ${evidenceFrom.join(', ')} counts too`]),
  ];
  return `${parts.join('; ')}.`;
}

function stops(effect: Effect): boolean {
  return effect === 'prevent' || effect === 'block';
}
