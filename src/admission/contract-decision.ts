import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { digest, imageDigest, line, moment } from '#http/fields.ts';
import { AdmissionEffect } from './contract-rule.ts';

/** Where a decision fell. */
export const Gate = z.enum(['docker-authorization', 'kubernetes-webhook', 'runtime-wrapper', 'sweep', 'canary']);
export type Gate = z.infer<typeof Gate>;

/** Why an answer is what it is: the part of the rule, or of the gate, that spoke. */
export const DecisionCause = z.enum([
  'verdict',
  'settings',
  'unknown-image',
  'break-glass',
  'own-image',
  'build',
  'not-admitted',
  'request',
  'gate-fault',
  /** Its runtime rule prevents, and the sensor had not armed it in time. */
  'unarmed',
]);
export type DecisionCause = z.infer<typeof DecisionCause>;

/** One answer of a gate, and the fact `decision` by which an agent tells it: who, what, by which rule, why, in what time. */
export const Decision = z.object({
  /** Same answer, same id: told twice it counts once. */
  id: line(128),
  time: moment,
  gate: Gate,
  /** 1: early and friendly; 2: the runtime itself; 3: found while running. */
  ring: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  /** Who asked, as far as the gate can tell: a TLS name, a Kubernetes user, `uid 1000`. */
  principal: line(512).optional(),
  /** What was asked for: `create`, `start`, `pull`, `exec`, `build` … */
  action: line(64),
  /** What it was asked for: the image's name, or the container's. */
  subject: line(1024),
  container: line(64).optional(),
  /** Missing: a host without an environment. */
  environment: line(32).optional(),
  /** Missing: it could not be found which image it is. */
  digest: imageDigest.optional(),
  answer: z.enum(['allow', 'deny']),
  /** What the rule says; an answer `allow` with `alert` was let through and shown. */
  effect: AdmissionEffect,
  cause: DecisionCause,
  rule: z.object({ id: line(64), version: z.int(), name: line(200) }).optional(),
  /** What the answer rests on: the violations' sentences, the settings found. */
  evidence: z.array(line(2000)).max(20),
  /** One sentence for people, with the next step when it is a refusal. */
  reason: line(2000),
  /** Time until the answer, with what it was held. */
  milliseconds: z.number().min(0),
  held: z.number().min(0).optional(),
  /** Of a start: whether the sensor had armed the container before its first instruction, and after how long. */
  armed: z
    .discriminatedUnion('state', [
      z.object({ state: z.literal('armed'), milliseconds: z.number().min(0) }),
      z.object({ state: z.literal('late'), milliseconds: z.number().min(0) }),
    ])
    .optional(),
  /** What became of a running container that the sweep found. */
  outcome: z.enum(['reported', 'stopped']).optional(),
  /** Answers like this one, itself among them, that it stands for; missing: itself alone. A container that restarts in a loop. */
  count: z.int().min(2).optional(),
});
export type Decision = Immutable<z.infer<typeof Decision>>;

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

/** Answers by what came of them; `alerted` were let through and shown. */
export const Sums = z.object({ allowed: z.int(), alerted: z.int(), denied: z.int() });
export type Sums = z.infer<typeof Sums>;
