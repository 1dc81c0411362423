import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { ExceptionDecision, exceptionFields, ExceptionState } from '#access/contract.ts';
import { digest, line } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** UTF-16 units of one value: what was seen, or a value of the evidence with its place. */
const longestValue = 2048;

/**
 * A check that may fail, for a reason and until a date. It holds for the values that were seen when it was asked for:
 * one for `CAP_NET_ADMIN` does not cover `CAP_SYS_ADMIN`. It goes along to a new version while the values stay the same.
 * It ends a year from when it is asked for at the latest.
 */
export const CheckException = z.object({
  ...exceptionFields,
  check: line(64).min(1),
  /** A result is excepted when exceptions name all of its values. */
  values: z.array(z.string().min(1).max(longestValue)).min(1).max(200),
  /** Of the subject: the container, the host; missing: every subject of its scope. */
  name: line(300).min(1).optional(),
  /**
   * Digests of the images that it holds for: those of the containers, or the images, that were called by that name when it was
   * requested. It holds as well for others that are proven to come from the same repository, and for what is built on them.
   * Missing: it names none, or what is no image nor made of one.
   */
  images: z.array(digest).max(100).optional(),
  reason: z.enum(['false-positive', 'mitigated', 'risk-accepted', 'fix-planned', 'other']),
  /** Subjects whose results it names a value of now: those that it holds for, or would hold for. */
  appliesTo: z.int(),
});
export type CheckException = Immutable<z.infer<typeof CheckException>>;

/** An approved exception as whoever judges carries it: with its scope and its end, which is looked at by the clock there. */
export const CarriedException = CheckException.pick({
  id: true,
  check: true,
  values: true,
  name: true,
  images: true,
  collections: true,
  expiresAt: true,
});
export type CarriedException = Immutable<z.infer<typeof CarriedException>>;

export const listCheckExceptions = endpoint({
  method: 'GET',
  path: '/api/v1/compliance-exceptions',
  summary: 'Exceptions of checks, those to decide first',
  needs: 'read',
  query: z.object({
    state: ExceptionState.optional(),
    check: line(64).optional(),
    limit: z.coerce.number().int().min(0).max(500).default(100),
    offset: z.coerce.number().int().min(0).default(0),
  }),
  reply: z.object({ total: z.int(), exceptions: z.array(CheckException) }),
});

export const requestCheckException = endpoint({
  method: 'POST',
  path: '/api/v1/compliance-exceptions',
  summary: 'Request an exception of a check',
  needs: 'request-exceptions',
  body: CheckException.pick({
    check: true,
    values: true,
    name: true,
    collections: true,
    reason: true,
    explanation: true,
    expiresAt: true,
  }),
  reply: z.object({ exception: CheckException }),
});

/** Another person than the one who asked; `own-exception` otherwise. */
export const decideCheckException = endpoint({
  method: 'PUT',
  path: '/api/v1/compliance-exceptions/:id/decision',
  summary: 'Approve or deny an exception of a check',
  needs: 'approve-exceptions',
  params: z.object({ id: z.uuid() }),
  body: ExceptionDecision,
  reply: z.object({ exception: CheckException }),
});

/** By whoever asked or may decide; an approved one ends at once. */
export const cancelCheckException = endpoint({
  method: 'DELETE',
  path: '/api/v1/compliance-exceptions/:id',
  summary: 'Cancel an exception of a check',
  needs: 'request-exceptions',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ exception: CheckException }),
});
