import { classify, type Classified } from './classify.ts';
import type { Detection, Fact, RuntimeEffect, RuntimeRule } from './contract.ts';
import type { Detector, DetectorContext, Objection } from './detector.ts';
import { detectors } from './detectors/index.ts';
import type { Sighting } from './event.ts';
import { expectedText, seenText } from './expected.ts';
import { factOf } from './fact-of.ts';
import { grade, type Grade, type Graded, type Grading } from './grade.ts';
import { hourOf } from './hours.ts';
import { entryKeyOf } from './entry-key.ts';
import type { ModelIndex } from './model-index.ts';
import { entryText } from './entry-text.ts';
import { unlearnedEffect } from './policy-of.ts';
import { printable, printableProcess, printableWords } from './printable.ts';
import { wasStopped } from './sentence.ts';

export interface Detecting {
  readonly bucketSeconds: number;
  /** The model that speaks for the container; missing: none is known. */
  readonly index?: ModelIndex | undefined;
  /** Missing: no rule holds, and everything that a detector objects to is an alert. */
  readonly rule?: RuntimeRule | undefined;
}

export interface Detected {
  /** One for a sighting: what the most telling detector says, with the others named. */
  readonly detections: readonly Detection[];
  /** What the model makes of it; a learner wants to know. */
  readonly grade: Grade;
}

/** What is wrong with a sighting, by the model, the detectors and the rule that holds. */
export function detect(sighting: Sighting, detecting: Detecting): Detected {
  const { rule } = detecting;
  const context = contextOf(sighting, detecting);
  const objections = detectors.flatMap((detector) => {
    const objection = detector.detect(sighting, context);
    const effect = effectOf(detector, sighting, { context, rule });
    return objection === undefined || effect === 'ignore' ? [] : [{ detector, objection, effect }];
  });
  const [first, ...others] = objections;
  const { grade: graded } = context.graded;
  if (first === undefined) return { detections: [], grade: graded };
  return { detections: [detectionOf(sighting, [first, ...others], { context, rule })], grade: graded };
}

/** What detectors look at besides the sighting. */
export function contextOf(sighting: Sighting, { bucketSeconds, index, rule }: Detecting): DetectorContext {
  const fact = factOf(sighting);
  const neverLearn = rule?.neverLearn ?? [];
  const classified = classify(sighting, neverLearn);
  const hour = hourOf(sighting.time, bucketSeconds);
  const graded = gradeOf(sighting, fact, { index, classified, phase: sighting.phase, hour });
  return {
    fact,
    classified,
    graded,
    permission: index?.allows(fact) === true ? 'allowed' : 'not-allowed',
    ...(index === undefined ? {} : { index }),
    neverLearn,
  };
}

/**
 * Nothing is refused in silence: what the sensor stopped and the model does not hold is for people, also where the model
 * alone would only note it. Nor is it learned by being tried again.
 */
function gradeOf(sighting: Sighting, fact: Fact, grading: Grading): Graded {
  const graded = grade(fact, grading);
  if (!wasStopped(sighting) || grading.classified.declared || grading.index?.allows(fact) === true) return graded;
  return { ...graded, grade: 'alert' };
}

interface Objecting {
  readonly detector: Detector;
  readonly objection: Objection;
  readonly effect: RuntimeEffect;
}

interface Circumstances {
  readonly context: DetectorContext;
  readonly rule: RuntimeRule | undefined;
}

/** What the rule does about it. What the sensor stopped is told, whatever the rule says by now. */
function effectOf({ aspect }: Detector, sighting: Sighting, { context, rule }: Circumstances): RuntimeEffect {
  if (rule === undefined) return wasStopped(sighting) ? 'prevent' : 'alert';
  const effect = effectByRule(aspect, sighting, { context, rule });
  return effect === 'ignore' && wasStopped(sighting) ? 'prevent' : effect;
}

function effectByRule(
  aspect: Detector['aspect'],
  { phase, session }: Sighting,
  { context, rule }: { readonly context: DetectorContext; readonly rule: RuntimeRule },
): RuntimeEffect {
  switch (aspect) {
    case 'drift':
      return rule.drift;
    case 'code':
      return rule.code;
    case 'session':
    case 'move':
      return 'alert';
    case 'process':
      return rule.process === 'ignore' ? 'ignore' : orAlert(unlearned(context, rule, phase));
    case 'tool':
      return session !== 'entry' || context.permission === 'allowed' ? 'alert' : orAlert(rule.process);
    case 'threat':
      return session === 'exec' ? 'alert' : orAlert(unlearned(context, rule, phase));
    default:
      return aspect satisfies never;
  }
}

function unlearned({ index, permission }: DetectorContext, rule: RuntimeRule, phase: Sighting['phase']): RuntimeEffect {
  return permission === 'allowed' ? 'alert' : unlearnedEffect(index?.model, rule, phase);
}

function orAlert(effect: RuntimeEffect): RuntimeEffect {
  return effect === 'ignore' ? 'alert' : effect;
}

const severities: readonly Detection['severity'][] = ['low', 'medium', 'high', 'critical'];
const effects: readonly RuntimeEffect[] = ['ignore', 'alert', 'prevent', 'block'];

function detectionOf(
  sighting: Sighting,
  objections: readonly [Objecting, ...(readonly Objecting[])],
  { context, rule }: Circumstances,
): Detection {
  const [{ detector, objection }, ...others] = objections;
  const { fact, classified, index } = context;
  const expected = expectedText(sighting, index);
  const technique =
    objection.technique ?? others.find((one) => one.objection.technique !== undefined)?.objection.technique;
  const { container } = sighting;
  return {
    id: `${sighting.id}:${detector.id}`,
    time: new Date(sighting.time).toISOString(),
    detector: detector.id,
    dimension: fact.dimension,
    ...(technique === undefined ? {} : { technique }),
    severity:
      highest(
        severities,
        objections.map((one) => one.objection.severity),
      ) ?? objection.severity,
    class: classified.class,
    notice: isNotice(objections, context, rule),
    effect:
      highest(
        effects,
        objections.map(({ effect }) => effect),
      ) ?? 'alert',
    outcome: outcomes[sighting.verdict],
    container: { id: container.id, name: container.name.slice(0, 255), image: container.image.slice(0, 512) },
    ...(container.digest === undefined ? {} : { imageDigest: container.digest }),
    entrypoint: printableWords(container.entrypoint),
    session: sighting.session,
    process: printableProcess(sighting.process),
    ancestors: sighting.ancestors.slice(0, 16).map(printableProcess),
    ...(sighting.kind === 'code' ? { file: fileOf(sighting) } : {}),
    ...(expected === undefined ? {} : { expected }),
    seen: seenText(sighting),
    message: printable(objection.message),
    ...allowOf(fact, sighting, classified),
    remedy: printable(objection.remedy),
    ...(others.length === 0 ? {} : { also: others.map((one) => one.detector.id) }),
    count: sighting.repeats + 1,
    ...(rule === undefined ? {} : { rule: { id: rule.id, name: rule.name } }),
  };
}

const outcomes: Readonly<Record<Sighting['verdict'], Detection['outcome']>> = {
  observed: 'observed',
  alerted: 'observed',
  refused: 'refused',
  killed: 'killed',
};

/** A line in the history and no alert: the model alone objects, and could not know better; or sessions are only recorded. */
function isNotice(
  objections: readonly Objecting[],
  { graded }: DetectorContext,
  rule: RuntimeRule | undefined,
): boolean {
  return objections.every(
    ({ detector: { aspect } }) =>
      ((aspect === 'process' || aspect === 'code') && graded.grade === 'notice') ||
      (aspect === 'session' && rule?.execSessions === 'record'),
  );
}

function fileOf({ file, writer }: Extract<Sighting, { kind: 'code' }>): NonNullable<Detection['file']> {
  return { ...file, ...(writer === undefined ? {} : { writer }) };
}

function allowOf(fact: Fact, { process, kind }: Sighting, { declared }: Classified): Pick<Detection, 'allow'> {
  const line = declared || kind === 'move' ? undefined : entryText(fact, kind === 'exec' ? process.sha256 : undefined);
  return line === undefined || line.length > 4096 ? {} : { allow: { line, key: entryKeyOf(fact) } };
}

function highest<Value>(order: readonly Value[], values: readonly Value[]): Value | undefined {
  return order.findLast((one) => values.includes(one));
}
