import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Collection, Environment } from '#access/contract.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { CodeQuestion } from './contract-code.ts';
import { Dimension, Evidence, Model, ModelKey } from './contract-model.ts';
import { RuntimeRule } from './contract-rule.ts';

// What agents report, each the body of a fact of that kind.

/**
 * Fact `behaviour`: evidence of one model since the agent last reported it. Evidence is merged as sets, so one that comes
 * twice or late changes nothing.
 */
export const BehaviourFact = z.object({
  key: ModelKey,
  evidence: Evidence,
  /** Containers in which it was seen; missing: one of the model's containers on the host, which then all run in one environment. */
  containers: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .min(1)
    .max(1000)
    .optional(),
});
export type BehaviourFact = Immutable<z.infer<typeof BehaviourFact>>;

/** Since when, by the host's clock, and for how many seconds at least. The seconds are those of the last reported step. */
const Waiting = z.object({ since: moment, seconds: z.int().min(0) });

/** Fact `sensor`: what protects a host. States itself. */
export const SensorFact = z.object({
  state: z.enum(['working', 'missing', 'away']),
  /** Why it is missing or away, and what to do. */
  reason: line(1000).optional(),
  version: line(64).optional(),
  kernel: line(256).optional(),
  mechanisms: z.array(z.object({ name: line(64), active: z.boolean(), reason: line(500).optional() })).max(64),
  lost: z.int().min(0),
  throttled: z.int().min(0),
  /** The oldest event that the sensor sent and the agent has not acknowledged; missing: none waits for seconds. */
  unacknowledged: Waiting.optional(),
  /** What the agent cannot write to its disk, tried again by itself; missing: it writes all. */
  failingSave: Waiting.extend({ reason: line(1000) }).optional(),
});
export type SensorFact = Immutable<z.infer<typeof SensorFact>>;

/** Fact `loss`: events of a container that were lost; its model is partial there. */
export const LossFact = z.object({
  container: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  dimension: Dimension,
  count: z.int().min(1),
  at: moment,
});
export type LossFact = Immutable<z.infer<typeof LossFact>>;

/**
 * What an agent enforces: rules in their order with the collections that they name, and the models of its images. Waits up to `wait` seconds while `known` is the newest.
 */
export const getDesiredConfiguration = endpoint({
  method: 'POST',
  path: '/link/v1/runtime/orders',
  summary: 'Runtime rules and models of an agent',
  needs: 'report',
  body: z.object({
    /** `revision` of the newest reply; missing: none. */
    known: line(128).optional(),
    wait: z.int().min(0).max(60).default(0),
    /**
     * Models that it wants, with the version that it has (0: none): those of its containers, and those that it
     * received unasked. Without an environment: that of the host's containers, where they run in one that is not named besides; else
     * the host's own.
     */
    models: z
      .array(z.object({ key: ModelKey, version: z.int().min(0), environment: Environment.optional() }))
      .max(10_000),
    /** Images on its host: it receives the models of what may be started of them, unasked. */
    images: z.array(imageDigest).max(10_000),
  }),
  limits: { bytes: 16 * 1024 * 1024, tokens: 200_000, depth: 16 },
  reply: z.object({
    revision: line(128),
    /** Length of an hour: 3600 but in a lab. */
    bucketSeconds: z.int().min(1).max(3600),
    /** Of the host by a collection, in the place of what the agent says. */
    environment: Environment.optional(),
    /** Of the host, whoever gives it: models that come unasked are of it. Missing: none. */
    hostEnvironment: Environment.optional(),
    rules: z.array(RuntimeRule).max(1000),
    collections: z.array(Collection).max(1000),
    /** Containers of which it is to say what code runs in them; missing: none. */
    questions: z.array(CodeQuestion).max(100).optional(),
    /** Those that are newer than what the agent has. */
    models: z.array(Model).max(10_000),
  }),
});
export type DesiredConfiguration = Immutable<z.infer<typeof getDesiredConfiguration.reply>>;
