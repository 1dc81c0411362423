import type { Detection, Model, RuntimeEffect, RuntimeRule } from './contract.ts';
import type { Aspect } from './detector.ts';
import { detectors } from './detectors/index.ts';
import { unlearnedEffect } from './policy-of.ts';

const effects: readonly RuntimeEffect[] = ['ignore', 'alert', 'prevent', 'block'];

/** What a rule would do about something that was detected, with the model as it stands now. */
export function effectOnDetection(detection: Detection, rule: RuntimeRule, model: Model | undefined): RuntimeEffect {
  const aspects = [detection.detector, ...(detection.also ?? [])].flatMap((id) => {
    const detector = detectors.find((one) => one.id === id);
    return detector === undefined ? [] : [detector.aspect];
  });
  const judged = aspects.map((aspect) => effectOnAspect(aspect, detection, { rule, model }));
  return effects.findLast((effect) => judged.includes(effect)) ?? 'alert';
}

function effectOnAspect(
  aspect: Aspect,
  { session, notice }: Detection,
  { rule, model }: { readonly rule: RuntimeRule; readonly model: Model | undefined },
): RuntimeEffect {
  switch (aspect) {
    case 'drift':
      return rule.drift;
    case 'code':
      return rule.code;
    case 'session':
      return rule.execSessions === 'record' ? 'ignore' : 'alert';
    case 'move':
      return 'alert';
    case 'process':
      return notice ? 'ignore' : orAlert(rule.process, unlearnedEffect(model, rule, 'run'));
    case 'tool':
      return session === 'entry' ? orAlert('alert', rule.process) : 'alert';
    case 'threat':
      return session === 'exec' ? 'alert' : orAlert('alert', unlearnedEffect(model, rule, 'run'));
    default:
      return aspect satisfies never;
  }
}

/** While a model learns, it stops nothing; a rule that ignores still does. */
function orAlert(wanted: RuntimeEffect, effect: RuntimeEffect): RuntimeEffect {
  return effect === 'ignore' && wanted !== 'ignore' ? 'alert' : effect;
}
