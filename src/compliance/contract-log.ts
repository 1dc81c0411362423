import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The head of a batch of the evidence log, signed. */
export const SignedLogHead = z.object({
  head: z.object({
    installation: line(64),
    batch: z.int().min(1),
    first: z.int().min(0),
    count: z.int().min(1),
    root: hash,
    /** Empty for the first. */
    previous: z.union([hash, z.literal('')]),
    at: moment,
  }),
  /** Ed25519, base64. */
  signature: line(128),
});
export type SignedLogHead = Immutable<z.infer<typeof SignedLogHead>>;

/** How a key of the evidence log gave over to the next one, signed by both. */
const SignedHandOver = z.object({
  statement: z.string().max(1000),
  /** Ed25519, base64. */
  from: line(128),
  to: line(128),
});

/** A public key that signs heads, or signed some. */
export const EvidenceKeyInfo = z.object({
  /** SHA-256 of the public key (SPKI, DER), hex. */
  fingerprint: hash,
  pem: z.string().max(1000),
  since: moment,
  /** From the key before; missing: it was the first, or that one was lost. */
  handOver: SignedHandOver.optional(),
});

export const listLogHeads = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/log/heads',
  summary: 'Signed heads of the evidence log, in their order',
  needs: 'read',
  query: z.object({
    /** Those after this batch. */
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  }),
  reply: z.object({
    /** The newest first. */
    keys: z.array(EvidenceKeyInfo),
    heads: z.array(SignedLogHead),
    /** Where to go on; missing: there are no more. */
    next: z.int().optional(),
    /** Rows that are written down and not sealed yet. */
    waiting: z.int().min(0),
  }),
});

export const listLogLeaves = endpoint({
  method: 'GET',
  path: '/api/v1/compliance/log/batches/:batch/leaves',
  summary: 'Rows of a batch of the evidence log, each with what proves it',
  needs: 'read',
  params: z.object({ batch: z.coerce.number().int().min(1) }),
  query: z.object({
    /** The first position within the batch that is told. */
    from: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({
    head: SignedLogHead,
    /** `forgotten`: the rows are older than the retention. `some`: others are outside of what the caller may see. */
    rows: z.enum(['all', 'some', 'forgotten']),
    leaves: z.array(
      z.object({
        /** Canonical text, as it was hashed. */
        text: z.string().max(16_384),
        position: z.int().min(0),
        /** Hashes beside the way to the root, the lowest first. */
        path: z.array(hash).max(64),
      }),
    ),
    /** Position to go on from; missing: that was all. */
    next: z.int().optional(),
  }),
});

export const verifyEvidenceLog = endpoint({
  method: 'POST',
  path: '/api/v1/compliance/log/verify',
  summary: 'Verify the evidence log, and compare it with the heads that agents hold',
  needs: 'read-audit',
  reply: z.object({
    /** `differs`: agents hold another history. `broken`: the log does not fit its own heads. */
    state: z.enum(['intact', 'broken', 'differs', 'empty']),
    /** What is wrong, in one sentence; missing: nothing is. */
    reason: line(1000).optional(),
    heads: z.int().min(0),
    rows: z.int().min(0),
    /** Heads whose rows are older than all that is kept. */
    forgotten: z.int().min(0),
    /** Agents whose heads were compared. */
    agents: z.int().min(0),
  }),
});
