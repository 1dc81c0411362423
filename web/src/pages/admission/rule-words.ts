import { type AdmissionEffect, type AdmissionRule, effectChoices } from '#admission/contract.ts';

/** What a rule does, in one sentence. */
export function ruleSentence(rule: Omit<AdmissionRule, 'id' | 'version'>): string {
  const { fail, cannotJudge, unknown, holdSeconds, builds, rogue } = rule;
  const parts = [
    `Images that fail their policy: ${lower(fail)}`,
    `images that cannot be judged: ${lower(cannotJudge)}`,
    `unknown images, after ${holdSeconds} s: ${lower(unknown)}`,
    ...(builds === 'allow' ? [] : [builds === 'deny' ? 'blocks builds' : 'allows builds on approved bases only']),
    rogue === 'stop' ? 'stops rogue containers' : rogue === 'alert' ? 'reports rogue containers' : '',
  ];
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

function lower(effect: AdmissionEffect): string {
  return effectChoices[effect].toLowerCase();
}

/** Whether a rule refuses anything at all. */
export function refuses({ fail, cannotJudge, unknown }: Omit<AdmissionRule, 'id' | 'version'>): boolean {
  return [fail, cannotJudge, unknown].includes('block');
}
