import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { AuditHead } from '#access/contract.ts';
import { moment } from '#http/fields.ts';

/** The identity as it lies on the disk. */
export const StoredIdentity = z.object({
  agent: z.uuid(),
  /** Where the agent dials, an origin. */
  linkUrl: z.url(),
  /** PEM, PKCS #8. */
  key: z.string(),
  /** PEM. */
  certificate: z.string(),
  /** PEM of all authorities whose consoles are trusted. */
  authority: z.string(),
  /** By this host's clock. */
  renewAfter: moment,
  expiresAt: moment,
});

/** Heads of the audit trail as they lie on the disk, oldest first, and the agent that they were given to. */
export const StoredHeads = z.object({ agent: z.uuid(), heads: z.array(AuditHead) });
export type StoredHeads = Immutable<z.infer<typeof StoredHeads>>;

/** Who an agent is, and which consoles it trusts. Holds its private key: never log it. */
export type Identity = Immutable<z.infer<typeof StoredIdentity>>;
