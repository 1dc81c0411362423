import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** That a person confirmed something by a document, until a date. */
const Attestation = z.object({
  id: z.uuid(),
  /** Of `kinds`. */
  kind: line(64),
  title: line(200),
  /** Where the document is, or what it is called. */
  document: line(1000),
  /** Who vouches for it. */
  author: line(255),
  note: line(2000).optional(),
  addedAt: moment,
  addedBy: line(255),
  expiresAt: moment,
  /** Only one that holds answers a question. */
  state: z.enum(['holds', 'expired', 'revoked']),
  revokedAt: moment.optional(),
  revokedBy: line(255).optional(),
});
export type Attestation = Immutable<z.infer<typeof Attestation>>;

const AttestationKind = z.object({
  id: line(64),
  title: line(200),
  /** What a person confirms. */
  confirms: line(500),
  /** Days for which one may hold at most. */
  days: z.int().min(1),
});

export const listAttestations = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/attestations',
  summary: 'What people confirmed by documents, and what may be confirmed',
  needs: 'read',
  view: 'whole',
  reply: z.object({ kinds: z.array(AttestationKind), attestations: z.array(Attestation) }),
});

export const addAttestation = endpoint({
  method: 'POST',
  path: '/api/v1/evidence/attestations',
  summary: 'Confirm something by a document',
  needs: 'write-rules',
  body: z.object({
    kind: line(64),
    document: line(1000).min(1),
    author: line(255).min(1),
    note: line(2000).optional(),
    expiresAt: moment,
  }),
  reply: z.object({ attestation: Attestation }),
});

export const revokeAttestation = endpoint({
  method: 'DELETE',
  path: '/api/v1/evidence/attestations/:id',
  summary: 'Revoke what was confirmed',
  needs: 'write-rules',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ attestation: Attestation }),
});
