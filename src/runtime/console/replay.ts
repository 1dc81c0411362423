import { readCollections } from '#access/console/index.ts';
import type { Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import { ruleFor, withRule } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { Detection, Model, replayRuntimeRule, RuntimeEffect, RuntimeRule } from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { effectOnDetection } from '../replay-effect.ts';
import { readModels } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { type Preview, previewEntries } from './preview-entries.ts';
import { readDetections, type StoredDetection } from './read-detections.ts';
import { runtimeRules } from './rules.ts';
import { readRunningModels } from './running.ts';
import type { Place } from './schema.ts';
import { type Looked, StopBook } from './stop-book.ts';

type Asked = HandlerInput<typeof replayRuntimeRule>['body'];
type Replay = Immutable<ReplyOf<typeof replayRuntimeRule>>;

/** A rule that is tried needs a name of its own where it is new. */
const tried = 'tried';
const mostExamples = 50;
/** Models whose evidence one request looks at besides what was detected. */
const mostModels = 100;

export interface ReplayTerms extends Pick<Dependencies, 'clock' | 'bucketSeconds'> {
  readonly view: View;
  /** Fires when the caller left. */
  readonly signal: AbortSignal;
}

/** What the edited rule, in its place among the others, would have done to what the caller may see. Nothing is saved. */
export async function replay(queries: Queries, asked: Asked, terms: ReplayTerms): Promise<Replay> {
  const { view, clock, bucketSeconds, signal } = terms;
  const rule: RuntimeRule = { ...asked.rule, id: asked.id ?? tried, version: 1 };
  const rules = withRule(await runtimeRules.inForce(queries), rule);
  const collections = await readCollections(queries);
  const holds = (place: Place): boolean => ruleFor(rules, collections, place)?.id === rule.id;
  const running = (await readRunningModels(queries, view)).filter(({ place }) => holds(place));
  const preview = await previewEntries(queries, { rules, collections, view, clock, bucketSeconds, signal });
  const book = new StopBook({ days: asked.days, rule, view, clock, bucketSeconds });
  const judging: Judging = { rule, preview, book, models: new Map() };
  const wanted = [...new Set(running.map(({ model }) => model))];
  await begin(queries, judging, { ids: wanted.slice(0, mostModels), how: 'whole' });
  const counts: Record<Would, number> = { stopped: 0, alerted: 0, ignored: 0 };
  const examples: Outcome[] = [];
  for await (const part of readDetections(queries, { since: book.since })) {
    signal.throwIfAborted();
    const stored = part.filter(({ place }) => (view === undefined || view(place)) && holds(place));
    for (const outcome of await judgeAll(queries, stored, judging)) {
      counts[outcome.would] += 1;
      if (outcome.was !== outcome.would && examples.length < mostExamples) examples.push(outcome);
    }
  }
  const stops = await book.close(queries, Math.max(0, wanted.length - mostModels));
  return { containers: running.length, ...counts, examples, entries: preview.entries, stops };
}

type Would = 'stopped' | 'alerted' | 'ignored';
type Outcome = Replay['examples'][number] & { readonly would: Would };

interface Judging {
  readonly rule: RuntimeRule;
  readonly preview: Preview;
  readonly book: StopBook;
  /** As they would be, by their ids. */
  readonly models: Map<string, Model>;
}

/** Reads models that were not read yet, as the rule would make them. */
async function begin(
  queries: Queries,
  { preview, book, models }: Judging,
  { ids, how }: { readonly ids: readonly string[]; readonly how: Looked },
): Promise<void> {
  const fresh = ids.filter((id) => !models.has(id));
  for (const model of await readModels(queries, fresh)) {
    const id = modelIdIn(model.key, model.environment);
    const after = preview.moved.get(id)?.after ?? model;
    models.set(id, after);
    book.begin(after, how);
  }
}

async function judgeAll(
  queries: Queries,
  stored: readonly StoredDetection[],
  judging: Judging,
): Promise<readonly Outcome[]> {
  const ids = [...new Set(stored.flatMap(({ model }) => model ?? []))];
  await begin(queries, judging, { ids, how: 'detected' });
  const { rule, preview, book, models } = judging;
  return stored.map(({ model: of, host, detection }) => {
    const isKnown = of !== null && detection.allow !== undefined && isAdded(preview, of, detection.allow.key);
    const stop = book.add(of ?? undefined, detection, host);
    const reported = isKnown ? 'ignore' : atMostAlert(effectOnDetection(detection, rule, models.get(of ?? '')));
    const { id, time, message } = detection;
    return { id, time, message, was: wordOf(detection), would: wouldOf(stop?.effect ?? reported) };
  });
}

function isAdded({ moved }: Preview, model: string, key: string): boolean {
  return moved.get(model)?.added.has(key) === true;
}

/** What the sensor would have let run is told at most. */
function atMostAlert(effect: RuntimeEffect): RuntimeEffect {
  return effect === 'ignore' ? 'ignore' : 'alert';
}

function wordOf({ outcome, notice, effect }: Detection): Would {
  if (outcome !== 'observed') return 'stopped';
  return notice || effect === 'ignore' ? 'ignored' : 'alerted';
}

function wouldOf(effect: RuntimeEffect): Would {
  switch (effect) {
    case 'prevent':
    case 'block':
      return 'stopped';
    case 'alert':
      return 'alerted';
    case 'ignore':
      return 'ignored';
    default:
      return effect satisfies never;
  }
}
