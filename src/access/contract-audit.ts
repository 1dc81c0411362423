import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/**
 * One line of the audit trail. `hash` is HMAC-SHA-256 by a key of the console over the row and the hash before it
 * (RFC 8785 JSON), hex; SHA-256 in entries from before the trail was keyed.
 */
export const AuditEntry = z.object({
  sequence: z.int(),
  at: moment,
  actor: z.object({ kind: z.enum(['user', 'token', 'agent', 'system']), id: line(128), name: line(255) }),
  /** What was done, in the past tense: `token-made`, `policy-saved`. */
  action: line(64),
  /** What it was done to. */
  target: z.object({ kind: line(64), id: line(512), name: line(512).optional() }).optional(),
  /** Facts of the change; never a secret. */
  detail: z.record(z.string(), z.json()).optional(),
  address: line(64).optional(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditEntry = Immutable<z.infer<typeof AuditEntry>>;

/** Newest first; `before` is the sequence to go on from. `actor` is the name or id of who did it, `since` is included, `until` is not. */
export const listAudit = endpoint({
  method: 'GET',
  path: '/api/v1/audit',
  summary: 'Audit trail',
  needs: 'read-audit',
  query: z.object({
    search: z.string().max(256).optional(),
    actor: line(255).optional(),
    since: moment.optional(),
    until: moment.optional(),
    before: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({ entries: z.array(AuditEntry), total: z.int() }),
});

/** Everyone who stands in the trail, those with the newest entries first. */
export const listAuditActors = endpoint({
  method: 'GET',
  path: '/api/v1/audit/actors',
  summary: 'Who stands in the audit trail',
  needs: 'read-audit',
  reply: z.object({
    actors: z.array(AuditEntry.shape.actor.omit({ id: true }).extend({ entries: z.int() })).max(500),
  }),
});

/** The newest entry of the trail as consoles send it to agents, which keep it; `proof` shows that a console sent it. */
export const AuditHead = z.object({
  sequence: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: moment,
  proof: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditHead = Immutable<z.infer<typeof AuditHead>>;

/**
 * Where an entry by the key of now vouches for those before it: `audit-sealed` for entries from before the trail was
 * keyed, which follow from one another; `keys-reset` for entries whose key was discarded, which were not changed since.
 */
const ChainStart = z.object({
  sequence: z.int(),
  at: moment,
  kind: z.enum(['audit-sealed', 'keys-reset']),
  /** The last entry before it. */
  through: z.int(),
});
export type ChainStart = Immutable<z.infer<typeof ChainStart>>;

/** An older copy of the data was restored, and the entry acknowledges which entries that agents hold were lost. */
const AcceptedRestore = z.object({
  sequence: z.int(),
  at: moment,
  /** The last entry before the gap. */
  after: z.int(),
  /** The last entry that an agent held of what was lost. */
  through: z.int(),
});
export type AcceptedRestore = Immutable<z.infer<typeof AcceptedRestore>>;

/**
 * Walks the whole chain and compares it with the entries that agents keep. `broken` names the first entry whose hash does
 * not follow; `differs` the first entry that an agent keeps and that is missing or different in the trail.
 */
export const verifyAudit = endpoint({
  method: 'GET',
  path: '/api/v1/audit/verification',
  summary: 'Verify the audit trail',
  needs: 'read-audit',
  reply: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('intact'),
      entries: z.int(),
      head: z.string(),
      starts: z.array(ChainStart),
      /** Gaps that were acknowledged; with one, the trail is intact but for it. */
      restores: z.array(AcceptedRestore),
      /** Agents whose heads were compared; with none, a cut tail cannot be seen. */
      agents: z.int(),
    }),
    z.object({ state: z.literal('differs'), entries: z.int(), sequence: z.int(), reason: line(1000) }),
    z.object({ state: z.literal('broken'), entries: z.int(), sequence: z.int(), reason: line(500) }),
  ]),
});
