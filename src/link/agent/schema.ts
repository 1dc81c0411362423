import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
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

/** Who an agent is, and which consoles it trusts. Holds its private key: never log it. */
export type Identity = Immutable<z.infer<typeof StoredIdentity>>;
