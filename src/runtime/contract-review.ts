import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { DecisionScope, FactClass, EntryState, ModelId } from './contract-model.ts';

/** What the entries of a group have in common. */
export const ReviewGrouping = z.enum(['program', 'package', 'deploy']);
export type ReviewGrouping = z.infer<typeof ReviewGrouping>;

/**
 * Why an entry is never learned. `drift`: a program that is not the image's, or changed; `code`: a code file that is not the
 * image's; `loader`: starts programs past the check of their own start; `session`: run in a session from outside;
 * `never-learned`: on the never-learn list, or not what the image's scan knows. Allowing such entries needs a word for each.
 */
export const ReviewCaution = z.enum(['drift', 'code', 'loader', 'session', 'never-learned']);
export type ReviewCaution = z.infer<typeof ReviewCaution>;

/** Names an entry of a model in addresses and requests: SHA-256 of its key. */
export const EntryId = z.string().regex(/^[0-9a-f]{64}$/);

/** An entry that waits for a person, or that a person decided about. */
export const ReviewEntry = z.object({
  id: EntryId,
  key: line(8192),
  /** As the model would hold it; missing: no entry can allow this, because nothing would know it again. */
  entry: line(4096).optional(),
  path: z.string().max(4096),
  caller: z.string().max(4096).optional(),
  /** Package that owns the program. */
  package: line(1024).optional(),
  class: FactClass,
  state: EntryState,
  caution: ReviewCaution.optional(),
  why: line(500).optional(),
  firstSeenAt: moment.optional(),
  lastSeenAt: moment.optional(),
  decision: z
    .object({
      by: line(255),
      at: moment,
      scope: DecisionScope,
      reason: line(1000),
      /** Version in whose model it was made; missing: this one. */
      from: imageDigest.optional(),
    })
    .optional(),
});
export type ReviewEntry = Immutable<z.infer<typeof ReviewEntry>>;

/** Entries that can be decided about together. */
export const ReviewGroup = z.object({
  /** Program, package, or version that they are new since; missing: nothing is known of it. */
  name: line(4096).optional(),
  /** `new`: seen since this version came; `earlier`: waits since the version before. Of a grouping by deploy alone. */
  since: z.enum(['new', 'earlier']).optional(),
  caution: ReviewCaution.optional(),
  lastSeenAt: moment.optional(),
  entries: z.array(ReviewEntry).max(1000),
});
export type ReviewGroup = Immutable<z.infer<typeof ReviewGroup>>;

export const getReviewQueue = endpoint({
  method: 'GET',
  path: '/api/v1/models/:id/review',
  summary: 'Entries of a model that wait for a person, in groups',
  needs: 'read',
  params: z.object({ id: ModelId }),
  query: z.object({ by: ReviewGrouping.default('program') }),
  reply: z.object({
    waiting: z.int(),
    groups: z.array(ReviewGroup).max(1000),
    /** What people decided, newest first. */
    decided: z.array(ReviewEntry).max(1000),
    /** How many decisions there are. */
    decisions: z.int(),
    /** Version that the model took over from, and since when this one is here. */
    deploy: z.object({ from: imageDigest, at: moment }).optional(),
    /** Entries that one decision may name. */
    most: z.int(),
  }),
});

const Decision = z.object({
  entries: z.array(EntryId).min(1).max(1000),
  decision: z.enum(['allow', 'deny', 'undo']),
  reason: line(1000).default(''),
  /** `lineage`: later versions of the image take it over. */
  scope: DecisionScope.default('digest'),
  /** Kinds of entries that are never learned and that are allowed all the same. */
  accept: z.array(ReviewCaution).max(5).default([]),
});

const Change = z.object({ id: EntryId, entry: line(8192), before: EntryState, after: EntryState });

/** What a decision would change. Nothing is stored. */
export const previewReview = endpoint({
  method: 'POST',
  path: '/api/v1/models/:id/review/preview',
  summary: 'Try a decision on many entries of a model',
  needs: 'write-rules',
  params: z.object({ id: ModelId }),
  body: Decision,
  reply: z.object({
    changes: z.array(Change).max(1000),
    /** Entries that stay as they are. */
    same: z.int(),
    /** Entries that are never learned, by why. `accepted`: the request names it. */
    cautions: z.array(z.object({ caution: ReviewCaution, entries: z.int(), accepted: z.boolean() })).max(5),
    /** Entries that nothing can allow. */
    impossible: z.array(z.object({ id: EntryId, entry: line(8192) })).max(1000),
    /** Running containers of this model. */
    containers: z.int(),
    /** Later versions that are here already and take it over, or lose it. */
    versions: z.array(z.object({ model: ModelId, digest: imageDigest })).max(100),
  }),
});

/** A person's word on many entries: all of them or none, with one entry in the audit trail that names each. */
export const decideReview = endpoint({
  method: 'POST',
  path: '/api/v1/models/:id/review',
  summary: 'Allow or deny many entries of a model',
  needs: 'write-rules',
  params: z.object({ id: ModelId }),
  body: Decision,
  reply: z.object({ changes: z.array(Change).max(1000), same: z.int() }),
});
