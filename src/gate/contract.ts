import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { DecisionCause } from '#admission/contract.ts';
import { digest, imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** Fact `rogues`: containers that run on the host without admission, or against their rules. States itself. */
export const RoguesFact = z.object({
  rogues: z
    .array(
      z.object({
        container: line(64),
        name: line(255),
        image: line(512),
        digest: imageDigest.optional(),
        since: moment,
        cause: DecisionCause,
        rule: z.object({ id: line(64), version: z.int(), name: line(200) }).optional(),
        reason: line(2000),
        outcome: z.enum(['reported', 'stopped']),
      }),
    )
    .max(10_000),
});
export type RoguesFact = Immutable<z.infer<typeof RoguesFact>>;

/** Fact `gate`: which gates stand on a host. States itself. */
export const GateFact = z.object({
  /** `partial`: registered as a runtime only, so other runtimes go past it. */
  wrapper: z.enum(['installed', 'partial', 'absent', 'broken']),
  /** Whether the engine asks the authorization plugin; `unknown` while the engine does not answer. */
  authorization: z.enum(['on', 'off', 'unknown']),
  engine: z
    .object({
      version: line(64),
      /** Package of a distribution that it is proven to be of. */
      package: line(300).optional(),
      safe: z.boolean(),
      cases: z.array(line(200)).max(50),
      /** Cases of its version that its builder may have mended. */
      unknown: z.array(line(200)).max(50).optional(),
    })
    .optional(),
  /** Sequence of the ledger that is in force; missing: none. */
  ledger: z.object({ sequence: z.int(), issuedAt: moment, expiresAt: moment, entries: z.int() }).optional(),
  /** The newest trial of its own gates by the agent. `passed`: one let a start through that it had to refuse, an incident. */
  canary: z
    .object({
      at: moment,
      passed: z.boolean(),
      message: line(1000),
      /** Gates that could not be tried: nothing is known of them. Missing: an older agent does not say it. */
      untried: z.int().min(0).optional(),
    })
    .optional(),
  /** What is wrong, and what to do. */
  problems: z.array(line(1000)).max(50),
});
export type GateFact = Immutable<z.infer<typeof GateFact>>;

/** Fact `break-glass`: root on the host let one digest start although the console was not asked. */
export const BreakGlassFact = z.object({
  id: line(128),
  digest,
  at: moment,
  until: moment,
  reason: line(1000),
  user: line(255),
});
export type BreakGlassFact = Immutable<z.infer<typeof BreakGlassFact>>;

const HostGate = z.object({
  host: line(400),
  environment: Environment.optional(),
  /** Its agent is away: it may be otherwise by now. */
  stale: z.boolean(),
  gate: GateFact.optional(),
  reportedAt: moment.optional(),
  /** The console cannot make its next ledger: its gates go by the last one, until that ends. */
  ledgerTrouble: z.object({ since: moment, reason: line(1000) }).optional(),
  rogues: RoguesFact.shape.rogues,
  /** What root of the host let start, also what ended within the last week. */
  breakGlass: z.array(BreakGlassFact),
});
export type HostGate = Immutable<z.infer<typeof HostGate>>;

/** Gates and what runs past them, a host each. */
export const listGates = endpoint({
  method: 'GET',
  path: '/api/v1/gates',
  summary: 'Gates of hosts',
  needs: 'read',
  reply: z.object({
    gates: z.array(HostGate),
  }),
});
