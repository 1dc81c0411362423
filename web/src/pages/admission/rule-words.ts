import type { AdmissionEffect, AdmissionRule, AdmissionRuleText, SettingsRule } from '#admission/contract.ts';

const effectWords: Readonly<Record<AdmissionEffect, string>> = {
  ignore: 'Allow',
  alert: 'Alert',
  block: 'Block',
};

export const effectOptions = (['ignore', 'alert', 'block'] as const).map(
  (effect) => [effect, effectWords[effect]] as const,
);

type Kind = SettingsRule['kind'];

/** Settings that rules look at, in the order of the form. */
export const settingWords: Readonly<Record<Kind, string>> = {
  privileged: 'Privileged containers',
  'engine-socket': 'Engine or agent socket mounts',
  'host-namespaces': 'Shared host namespaces',
  'added-capabilities': 'Added capabilities',
  'host-paths': 'Host path mounts',
  'seccomp-off': 'Seccomp switched off',
};

/** A new rule: it alerts on everything and refuses nothing. */
export const beginning: AdmissionRuleText = {
  name: '',
  state: 'on',
  fail: 'alert',
  cannotJudge: 'alert',
  unknown: 'alert',
  holdSeconds: 30,
  settings: [],
  agentAway: 'allow',
  builds: 'allow',
  rogue: 'alert',
};

/** A rule over one setting as it begins. */
export function beginningOf(kind: Kind, effect: AdmissionEffect): SettingsRule {
  switch (kind) {
    case 'host-namespaces':
      return { kind, effect, deny: ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'] };
    case 'added-capabilities':
      return { kind, effect, allow: [] };
    case 'host-paths':
      return { kind, effect, deny: ['/'] };
    case 'privileged':
    case 'engine-socket':
    case 'seccomp-off':
      return { kind, effect };
    default:
      return kind satisfies never;
  }
}

/** What a rule does, in one sentence. */
export function ruleSentence(rule: Omit<AdmissionRule, 'id' | 'version'>): string {
  const { fail, cannotJudge, unknown, holdSeconds, settings, builds, rogue } = rule;
  const refused = settings
    .filter(({ effect }) => effect === 'block')
    .map(({ kind }) => settingWords[kind].toLowerCase());
  const parts = [
    `Images that fail their policy: ${lower(fail)}`,
    `images that cannot be judged: ${lower(cannotJudge)}`,
    `unknown images, after ${holdSeconds} s: ${lower(unknown)}`,
    ...(refused.length > 0 ? [`blocks ${refused.join(', ')}`] : []),
    ...(builds === 'allow' ? [] : [builds === 'deny' ? 'blocks builds' : 'allows builds on approved bases only']),
    rogue === 'stop' ? 'stops rogue containers' : rogue === 'alert' ? 'reports rogue containers' : '',
  ];
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

function lower(effect: AdmissionEffect): string {
  return effectWords[effect].toLowerCase();
}

/** Whether a rule refuses anything at all. */
export function refuses({ fail, cannotJudge, unknown, settings }: Omit<AdmissionRule, 'id' | 'version'>): boolean {
  return [fail, cannotJudge, unknown, ...settings.map(({ effect }) => effect)].includes('block');
}
