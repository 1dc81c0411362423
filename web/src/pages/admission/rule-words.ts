import { type AdmissionEffect, type AdmissionRule, effectChoices, faceOfSettings } from '#admission/contract.ts';

/** What a rule does, in one sentence. */
export function ruleSentence(rule: Omit<AdmissionRule, 'id' | 'version'>): string {
  const { fail, cannotJudge, unknown, holdSeconds, settings, builds, rogue } = rule;
  const refused = settings.flatMap((one) =>
    one.effect === 'block' ? (faceOfSettings(one.kind)?.sentence(one) ?? one.kind) : [],
  );
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
  return effectChoices[effect].toLowerCase();
}

/** Whether a rule refuses anything at all. */
export function refuses({ fail, cannotJudge, unknown, settings }: Omit<AdmissionRule, 'id' | 'version'>): boolean {
  return [fail, cannotJudge, unknown, ...settings.map(({ effect }) => effect)].includes('block');
}
