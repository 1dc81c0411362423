import type { Entry, Model } from '../contract.ts';
import { converge } from '../converge.ts';
import { contextOf, detect } from '../detect.ts';
import type { Detector, Objection } from '../detector.ts';
import { emptyEvidence } from '../evidence.ts';
import type { LearnableSighting, Sighting } from '../event.ts';
import { learnerOf } from '../learn.ts';
import { indexModel, type ModelIndex } from '../model-index.ts';
import { hour, testModel, testRule, testStart } from '../testing.ts';

/** What tests of single detectors ask: does it object, with which line of a model would it not. */

const bucketSeconds = 3600;
const days = 8;

/** A moment after `learnedModel` has watched for eight days. */
export const afterLearning = { time: testStart + (days + 1) * 24 * hour };

/** What one detector says of a sighting, in the context that `detect` gives it. */
export function objectionOf(
  detector: Detector,
  sighting: Sighting,
  { index, neverLearn = [] }: { readonly index?: ModelIndex; readonly neverLearn?: readonly string[] } = {},
): Objection | undefined {
  const rule = { ...testRule, neverLearn: [...neverLearn] };
  return detector.detect(sighting, contextOf(sighting, { bucketSeconds, index, rule }));
}

/** Line of a model that a person is offered with what was raised; `undefined` where none can allow it. */
export function allowLineOf(sighting: Sighting): string | undefined {
  return raised(sighting)?.allow?.line;
}

/** The active model of a container in which these ran each hour for eight days. */
export function learnedModel(known: readonly LearnableSighting[], part: Partial<Model> = {}): ModelIndex {
  const learner = learnerOf(emptyEvidence, { bucketSeconds });
  for (let at = 0; at < days * 24; at++) {
    learner.expose(['process', 'file'], testStart + at * hour);
    for (const sighting of known) learner.learn({ ...sighting, time: testStart + at * hour }, 'nothing');
  }
  for (const at of [0, 30, 60]) learner.start(testStart + at * hour);
  const evidence = learner.evidence();
  const at = { bucketSeconds, now: testStart + days * 24 * hour };
  const convergence = { process: converge(evidence, 'process', at), file: converge(evidence, 'file', at) };
  return indexModel(testModel(evidence, { convergence, ...part }), bucketSeconds);
}

/** A model in which the line that was offered for a sighting is there: decided by a person, or learned. */
export function modelHolding(sighting: LearnableSighting, part: Partial<Entry> = {}): ModelIndex {
  const learner = learnerOf(emptyEvidence, { bucketSeconds });
  learner.learn(sighting, 'alert');
  const evidence = learner.evidence();
  const key = raised(sighting)?.allow?.key;
  const items = evidence.items.map(
    (entry): Entry => (entry.key === key ? { ...entry, state: 'confirmed', source: 'user', ...part } : entry),
  );
  return indexModel(testModel({ ...evidence, items }), bucketSeconds);
}

function raised(sighting: Sighting) {
  return detect(sighting, { bucketSeconds, rule: testRule }).detections[0];
}
