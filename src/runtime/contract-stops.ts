import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Session } from './contract-detection.ts';
import { EntryState, ModelId } from './contract-model.ts';
import { EntryId, ReviewCaution } from './contract-review.ts';

/** Most days that are looked back: what models remember of hours. */
export const mostDaysBack = 42;

/**
 * Part of a rule that would stop something. `drift`: programs that are not the image's; `code`: code files that are not;
 * `model`: what the model lacks; `tool`: what is never learned, which a rule that prevents stops from the first second.
 */
export const StopPart = z.enum(['drift', 'code', 'model', 'tool']);
export type StopPart = z.infer<typeof StopPart>;

/** Something that happened and that a rule would have stopped, with the model as it stands. */
export const StoppedEntry = z.object({
  /** Names the entry in decisions; missing: the model has no such entry, or none can allow it. */
  id: EntryId.optional(),
  /** Key of the model's entry that would allow it; missing: no entry can. */
  key: line(8192).optional(),
  /** That entry. */
  entry: line(4096).optional(),
  /** Missing: its image is not known. */
  model: ModelId.optional(),
  image: line(512),
  digest: imageDigest.optional(),
  environment: Environment.optional(),
  /** Program that would not have started, or that would not have read the file. */
  path: z.string().max(4096),
  /** Program that started it; missing: brought in from outside. */
  caller: z.string().max(4096).optional(),
  /** Its arguments in their general shape. */
  shape: line(4096).optional(),
  session: Session,
  file: z.string().max(4096).optional(),
  part: StopPart,
  effect: z.enum(['prevent', 'block']),
  /** Detectors that objected; none: it raised no alert in these days, mostly because the model still learned. */
  detectors: z.array(line(64)).max(32),
  /** How often an alert was raised for it, and how often it was stopped already. */
  alerts: z.int(),
  stopped: z.int(),
  /** Hours in which agents saw it, whether it raised an alert or not. */
  hours: z.int(),
  firstAt: moment.optional(),
  lastAt: moment.optional(),
  /** Containers in which it raised an alert, ten of them. */
  containers: z.array(z.object({ name: line(255), host: line(400) })).max(10),
  containerCount: z.int(),
  /** State of the entry in the model; missing: the model has none. */
  state: EntryState.optional(),
  /** Who denied it. */
  decidedBy: line(255).optional(),
  /** Why it is never learned. */
  caution: ReviewCaution.optional(),
});
export type StoppedEntry = Immutable<z.infer<typeof StoppedEntry>>;

/** Why the answer may lack something. */
export const UnknownKind = z.enum([
  'nothing-watched',
  'short',
  'gaps',
  'lost',
  'no-start',
  'host-unknown',
  'unscanned',
  'older-version',
  'too-many',
]);
export type UnknownKind = z.infer<typeof UnknownKind>;

/** What the answer rests on. */
export const StopEvidence = z.object({
  days: z.int(),
  /** First hour that was watched in these days; missing: none. */
  from: moment.optional(),
  to: moment,
  /** Hours that were watched without loss, of those that there are; the fewest of all models. */
  watched: z.int(),
  of: z.int(),
  /** Models that were looked at, and those that were not. */
  models: z.int(),
  left: z.int(),
  /** What is not known, with why; `models`: of how many of them. */
  unknown: z.array(z.object({ kind: UnknownKind, reason: line(1000), models: z.int() })).max(20),
});
export type StopEvidence = Immutable<z.infer<typeof StopEvidence>>;

/** What is said of entries that would have been stopped: 200 of them, those that nobody decided about first. */
export const Stops = z.object({ entries: z.array(StoppedEntry).max(200), total: z.int(), evidence: StopEvidence });
export type Stops = Immutable<z.infer<typeof Stops>>;

/**
 * What preventing everything would have stopped. `when`: `now`, with the model as if it were active, or once the evidence
 * suffices (`protect-ready`).
 */
export const getStops = endpoint({
  method: 'GET',
  path: '/api/v1/models/:id/stops',
  summary: 'What prevent would have stopped, entry by entry',
  needs: 'read',
  params: z.object({ id: ModelId }),
  query: z.object({
    days: z.coerce.number().int().min(1).max(mostDaysBack).default(14),
    when: z.enum(['now', 'protect-ready']).default('now'),
  }),
  reply: Stops.extend({ rule: z.object({ id: line(64), name: line(200) }).optional() }),
});
