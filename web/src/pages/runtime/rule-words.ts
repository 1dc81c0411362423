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
  const { drift, code, process, preventFrom, execSessions } = rule;
  const parts = [
    `Programs that are not the image's: ${effectWords[drift].toLowerCase()}`,
    `changed code: ${effectWords[code].toLowerCase()}`,
    `what the model lacks: ${effectWords[process].toLowerCase()}${stops(process) ? (preventFrom === 'active' ? ' as soon as it is active' : ' once it is ready') : ''}`,
    execSessions === 'judge' ? 'sessions of docker exec are judged too' : 'sessions of docker exec are recorded',
  ];
  return `${parts.join('; ')}.`;
}

function stops(effect: Effect): boolean {
  return effect === 'prevent' || effect === 'block';
}

/** Id of a new rule by its name, unlike those that are taken. */
export function idForRule(name: string, taken: readonly string[]): string {
  const stem =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 48) || 'rule';
  const ids = [stem, ...taken.map((_, index) => `${stem}-${index + 2}`)];
  return ids.find((id) => !taken.includes(id)) ?? stem;
}

/** The text of a saved rule, to edit. */
export function textOfRule({ id: _id, version: _version, ...text }: RuntimeRule): RuntimeRuleText {
  return text as RuntimeRuleText;
}
