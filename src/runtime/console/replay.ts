import { type Selectable as Row, sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import type { Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import { ruleFor, withRule } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { Detection, replayRuntimeRule, RuntimeEffect, RuntimeRule } from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { effectOnDetection } from '../replay-effect.ts';
import { sinceDays } from './model-detail.ts';
import { readModels } from './models.ts';
import type { Parts } from './parts.ts';
import { type Preview, previewEntries } from './preview-entries.ts';
import { runtimeRules } from './rules.ts';
import { readRunningPlaces } from './running.ts';
import { type Place, type RuntimeTables, runtimeSchema } from './schema.ts';

type Asked = HandlerInput<typeof replayRuntimeRule>['body'];
type Replay = Immutable<ReplyOf<typeof replayRuntimeRule>>;

/** A rule that is tried needs a name of its own where it is new. */
const tried = 'tried';
const mostExamples = 50;
const rowsAtOnce = 1000;

export interface ReplayTerms extends Pick<Parts, 'clock' | 'bucketSeconds'> {
  readonly view: View;
  /** Fires when the caller left. */
  readonly signal: AbortSignal;
}

/** What the edited rule, in its place among the others, would have done to what the caller may see. Nothing is saved. */
export async function replay(
  queries: Queries,
  asked: Asked,
  { view, clock, bucketSeconds, signal }: ReplayTerms,
): Promise<Replay> {
  const edited: RuntimeRule = { ...asked.rule, id: asked.id ?? tried, version: 1 };
  const rules = withRule(await runtimeRules.inForce(queries), edited);
  const collections = await readCollections(queries);
  const holds = (place: Place): boolean => ruleFor(rules, collections, place)?.id === edited.id;
  const places = await readRunningPlaces(queries, view);
  const preview = await previewEntries(queries, { rules, collections, view, clock, bucketSeconds, signal });
  const counts: Record<Would, number> = { stopped: 0, alerted: 0, ignored: 0 };
  const examples: Outcome[] = [];
  for await (const part of readDetections(queries, sinceDays(clock()))) {
    signal.throwIfAborted();
    const stored = part.filter(({ place }) => (view === undefined || view(place)) && holds(place));
    for (const outcome of await judgeAll(queries, stored, { rule: edited, preview })) {
      counts[outcome.would] += 1;
      if (outcome.was !== outcome.would && examples.length < mostExamples) examples.push(outcome);
    }
  }
  return { containers: places.filter(holds).length, ...counts, examples, entries: preview.entries };
}

type DetectionRow = Row<RuntimeTables['detection']>;

interface Stored {
  readonly model: string | null;
  readonly place: Place;
  readonly detection: Detection;
}

/** Newest first, a part at a time: a noisy month is more than should be held at once. */
async function* readDetections(queries: Queries, since: Date): AsyncGenerator<readonly Stored[]> {
  let before: Pick<DetectionRow, 'time' | 'sequence'> | undefined;
  for (;;) {
    const rows: readonly (Stored & Pick<DetectionRow, 'time' | 'sequence'>)[] = await queries
      .query(runtimeSchema)
      .selectFrom('detection')
      .select(['model', 'place', 'detection', 'time', 'sequence'])
      .where('time', '>=', since)
      .where(
        before === undefined
          ? sql<boolean>`true`
          : sql<boolean>`(time, sequence) < (${before.time}, ${before.sequence})`,
      )
      .orderBy('time', 'desc')
      .orderBy('sequence', 'desc')
      .limit(rowsAtOnce)
      .execute();
    yield rows;
    before = rows.at(-1);
    if (before === undefined || rows.length < rowsAtOnce) return;
  }
}

type Would = 'stopped' | 'alerted' | 'ignored';
type Outcome = Replay['examples'][number] & { readonly would: Would };

interface Judging {
  readonly rule: RuntimeRule;
  readonly preview: Preview;
}

async function judgeAll(
  queries: Queries,
  stored: readonly Stored[],
  { rule, preview }: Judging,
): Promise<readonly Outcome[]> {
  const ids = [...new Set(stored.flatMap(({ model }) => model ?? []))];
  const models = new Map(
    (await readModels(queries, ids)).map((model) => [modelIdIn(model.key, model.environment), model]),
  );
  return stored.map(({ model: of, detection }) => {
    const moved = of === null ? undefined : preview.moved.get(of);
    const model = moved?.after ?? (of === null ? undefined : models.get(of));
    const isKnown = detection.allow !== undefined && moved?.added.has(detection.allow.key) === true;
    const effect = isKnown ? 'ignore' : effectOnDetection(detection, rule, model);
    const { id, time, message } = detection;
    return { id, time, message, was: wordOf(detection), would: wouldOf(effect) };
  });
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
