import { type RuntimeRule, runtimeEffects } from '#runtime/contract.ts';

/** What a rule does, in one sentence. */
export function ruleSentence(rule: Omit<RuntimeRule, 'id' | 'version'>): string {
  const { drift, code, process, preventFrom, execSessions, evidenceFrom = [] } = rule;
  const parts = [
    `Programs that are not in the image: ${runtimeEffects[drift].toLowerCase()}`,
    `changed code files: ${runtimeEffects[code].toLowerCase()}`,
    `programs that are not in the model: ${runtimeEffects[process].toLowerCase()}${stops(process) ? (preventFrom === 'active' ? ' when the model is active' : ' when the model is ready to prevent') : ''}`,
    execSessions === 'judge' ? 'docker exec sessions are judged' : 'docker exec sessions are recorded',
    ...(evidenceFrom.length === 0 ? [] : [`evidence from ${evidenceFrom.join(', ')} counts too`]),
  ];
  return `${parts.join('; ')}.`;
}

function stops(effect: RuntimeRule['drift']): boolean {
  return effect === 'prevent' || effect === 'block';
}
