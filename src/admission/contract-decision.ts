import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { AdmissionEffect } from './contract-effect.ts';

/** Where a decision fell. */
export const Gate = z.enum(['docker-authorization', 'kubernetes-webhook', 'runtime-wrapper', 'sweep', 'canary']);
export type Gate = z.infer<typeof Gate>;

/** Why an answer is what it is: the part of the rule, or of the gate, that spoke. */
export const DecisionCause = z.enum([
  'verdict',
  'settings',
  /** A check of a compliance rule. */
  'compliance',
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

/** One answer of a gate, and the fact `decision` by which an agent reports it: who, what, by which rule, why, in what time. */
export const Decision = z.object({
  /** Same answer, same id: reported twice it counts once. */
  id: line(128),
  time: moment,
  gate: Gate,
  /** 1: early and friendly; 2: the runtime itself; 3: found while running. */
  ring: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  /** Who asked, as far as the gate knows: a TLS name, a Kubernetes user, `uid 1000`. */
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
  /** What the agent said too late: the answer above is what happened. */
  lateAnswer: z
    .object({ answer: z.enum(['allow', 'deny']), reason: line(2000), milliseconds: z.number().min(0) })
    .optional(),
  /** What became of a running container that the sweep found. */
  outcome: z.enum(['reported', 'stopped']).optional(),
  /** Answers like this one, itself among them, that it stands for; missing: itself alone. A container that restarts in a loop. */
  count: z.int().min(2).optional(),
});
export type Decision = Immutable<z.infer<typeof Decision>>;

/** Answers by what came of them; `alerted` were let through and shown. */
export const Sums = z.object({ allowed: z.int(), alerted: z.int(), denied: z.int() });
export type Sums = z.infer<typeof Sums>;
