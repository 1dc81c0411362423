/** Words of effects in a form, in their order; beside the schemas of `contract-effect.ts`. */
export const effectChoices = { block: 'Block', alert: 'Alert', ignore: 'Ignore' } as const;
export const doubtChoices = { 'cannot-judge': 'No verdict', ...effectChoices } as const;
export const unknownChoices = { block: 'Block', 'cannot-judge': 'No verdict', alert: 'Alert' } as const;

/** Words of an effect at the beginning of a sentence. */
const effectWords = {
  block: 'Block',
  alert: 'Alert on',
  ignore: 'Ignore',
  'cannot-judge': 'No verdict for',
} as const;

type AnyEffect = keyof typeof effectWords;

/** `Block`, `No verdict for` */
export function effectInWords(effect: AnyEffect): string {
  return effectWords[effect];
}

/** `, alert on unrated ones`: another effect on a part, after the sentence on the whole. */
export function elseInWords(effect: AnyEffect, part: string): string {
  return `, ${effectWords[effect].toLowerCase()} ${part}`;
}

/** The effect on images for which it is unknown. */
export function unknownInWords(rule: { readonly unknown: AnyEffect; readonly effect: AnyEffect }): string {
  if (rule.effect === 'ignore') return '';
  return rule.unknown === rule.effect ? ', unknown ones too' : elseInWords(rule.unknown, 'unknown ones');
}
