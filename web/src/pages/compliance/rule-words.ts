import {
  type CheckChoice,
  type ComplianceEffect,
  complianceEffects,
  type ComplianceRuleText,
  faceOfSettings,
  type RuleLine,
  type SettingsRule,
} from '#compliance/contract.ts';
import { counted } from '../../ui/format.ts';
import { severityWords } from '../../ui/severity.tsx';

/** Lines of one effect that a sentence names; the rest is counted. */
const mostNamed = 3;

/** What a rule does, in one sentence, what it blocks first. */
export function ruleSentence(rule: Pick<ComplianceRuleText, 'lines' | 'settings' | 'notAssessed' | 'running'>): string {
  const { lines, settings = [], notAssessed, running } = rule;
  const parts = (['block', 'alert', 'ignore'] as const).flatMap((effect) => {
    const own = lines.filter((line) => line.effect === effect);
    return own.length === 0 ? [] : [`${effectVerbs[effect]} ${listed(own)}`];
  });
  const blocks = lines.some(({ effect }) => effect === 'block');
  return [
    parts.length === 0 ? 'Only records what checks say.' : `${sentenceOf(parts.join('; '))}.`,
    ...settingsSentences(settings),
    `Not assessed: ${complianceEffects[notAssessed].toLowerCase()}.`,
    ...(blocks ? [running === 'stop' ? 'Stops containers that run.' : 'Containers that run are reported only.'] : []),
  ].join(' ');
}

/** What it does about the settings of what starts. */
function settingsSentences(settings: readonly SettingsRule[]): readonly string[] {
  return (['block', 'alert'] as const).flatMap((effect) => {
    const named = settings.flatMap((one) =>
      one.effect === effect ? [faceOfSettings(one.kind)?.sentence(one) ?? one.kind] : [],
    );
    return named.length === 0 ? [] : [`At a start it ${effectVerbs[effect]} ${named.join(', ')}.`];
  });
}

const effectVerbs: Readonly<Record<ComplianceEffect, string>> = {
  block: 'blocks',
  alert: 'alerts on',
  ignore: 'ignores',
};

function listed(lines: readonly RuleLine[]): string {
  const named = lines.slice(0, mostNamed).map(({ checks }) => choiceWords(checks));
  const rest = lines.length - named.length;
  return rest === 0 ? named.join(', ') : `${named.join(', ')} and ${counted(rest, 'more line', 'more lines')}`;
}

/** What a line names: `CTR-001`, `nist-800-190 4.4`, `high and above`. */
export function choiceWords(choice: CheckChoice): string {
  switch (choice.by) {
    case 'check':
      return choice.id;
    case 'template':
      return choice.section === undefined ? choice.template : `${choice.template} ${choice.section}`;
    case 'severity':
      return choice.severity === 'critical' ? 'critical' : `${severityWords[choice.severity].toLowerCase()} and above`;
    default:
      return choice satisfies never;
  }
}

function sentenceOf(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether it blocks anything. */
export function isBlocking({
  state,
  lines,
  settings = [],
}: Pick<ComplianceRuleText, 'state' | 'lines' | 'settings'>): boolean {
  return state === 'on' && [...lines, ...settings].some(({ effect }) => effect === 'block');
}

/** Lines after which no further one can decide, because an earlier line names the same; by their places. */
export function deadLines(lines: readonly RuleLine[]): ReadonlySet<number> {
  const dead = lines.flatMap((line, at) =>
    lines.slice(0, at).some((before) => JSON.stringify(before.checks) === JSON.stringify(line.checks)) ? [at] : [],
  );
  return new Set(dead);
}
