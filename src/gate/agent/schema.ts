import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { digest, imageDigest, line, moment } from '#http/fields.ts';
import { TrialLine } from '../contract.ts';
import { AdmissionEffect, Decision, DecisionCause } from '#admission/contract.ts';

// What the agent reads of the wrapper, of the engine's files, and of what it keeps between two runs.

const decisionId = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
const containerId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/);

/** First line on the gate's socket: the wrapper asks about a start. */
export const StartQuestion = z.object({
  form: z.literal(1),
  kind: z.literal('start'),
  /** By which the wrapper will tell what became of it; missing: an older one makes another. */
  id: decisionId.optional(),
  verb: z.enum(['create', 'run', 'restore', 'exec']),
  container: containerId,
  /** Folder with the OCI `config.json`. */
  bundle: z.string().max(4096).startsWith('/'),
  /** As the engine names it; `null` where the wrapper could not find it. */
  image: digest.nullable(),
  /** Whether it is a step of an image's build. */
  build: z.boolean(),
  /** What the wrapper's own look at the compiled ledger said. */
  ledger: z.enum(['allow', 'ask', 'unknown', 'expired', 'corrupt']),
  annotations: z.record(z.string().max(512), z.string().max(4096)),
  /** It is a plugin that the engine manages: no image, so its settings alone are judged. */
  plugin: z.literal(true).optional(),
  /** A program in a container that runs: what it is given beyond what its container has. */
  exec: z.object({ capabilities: z.array(z.string().max(64)).max(100) }).optional(),
  /** What its settings break, judged by the wrapper by the ledger of this sequence; missing: it could not judge them. */
  settings: z
    .object({
      sequence: z.number(),
      broken: z
        .array(z.object({ effect: z.enum(['alert', 'block']), message: z.string(), remedy: z.string() }))
        .max(64),
    })
    .optional(),
});
export type StartQuestion = Immutable<z.infer<typeof StartQuestion>>;

/** Its answer. */
export const GateReply = z.object({ answer: z.enum(['allow', 'deny']), reason: z.string(), id: z.string() });
export type GateReply = Immutable<z.infer<typeof GateReply>>;

/** Second line: the runtime made the container, its first program has not run. */
export const CreatedNotice = z.object({ kind: z.literal('created') });

/** `STATE/gate/decisions/*.json`: one start, as the wrapper saw it end. */
export const SpooledDecision = z.object({
  form: z.literal(1),
  /** Of the agent's answer where there was one, else made by the wrapper. */
  id: decisionId,
  /** When it was written: after the answer, and after the container was made. */
  time: moment,
  verb: z.enum(['create', 'run', 'restore', 'exec']),
  container: containerId,
  bundle: z.string().max(4096).nullish(),
  /** As the engine names it. */
  image: digest.nullish(),
  build: z.boolean(),
  /** Whether it is a plugin that the engine manages. */
  plugin: z.boolean().optional(),
  /** What the wrapper's own look at the compiled ledger said; missing: it did not come to that. */
  ledger: z.enum(['allow', 'deny', 'ask', 'unknown', 'expired', 'corrupt']).optional(),
  /** How the agent did: no need to ask it, it answered, not in time, not there. */
  asked: z.enum(['no', 'answered', 'late', 'away']),
  answer: z.enum(['allow', 'deny']),
  cause: DecisionCause,
  effect: AdmissionEffect.optional(),
  rule: Decision.shape.rule.catch(undefined),
  reason: z.string().nullish(),
  /** What rules over settings object to, where the wrapper judged them. */
  evidence: z.array(z.string()).max(20).optional(),
  milliseconds: z.number().min(0),
  held: z.number().min(0).optional(),
  armed: z.object({ armed: z.boolean(), milliseconds: z.number().min(0) }).optional(),
});
export type SpooledDecision = Immutable<z.infer<typeof SpooledDecision>>;

/** The parts of an engine's `containers/ID/config.v2.json` that a gate looks at. Whoever made the container wrote most of it. */
export const EngineConfig = z.object({
  Image: z.string().catch(''),
  Name: z.string().catch(''),
  /** Its first program and the words behind that: entrypoint and command as it runs them. */
  Path: z.string().catch(''),
  Args: z.array(z.string()).nullish().catch(null),
  HasBeenManuallyStopped: z.boolean().catch(false),
  State: z.object({ Running: z.boolean().catch(false) }).catch({ Running: false }),
  Config: z.object({
    Image: z.string().catch(''),
    Labels: z.record(z.string(), z.string()).nullish().catch(null),
  }),
});
export type EngineConfig = Immutable<z.infer<typeof EngineConfig>>;

/** The same of `containers/ID/hostconfig.json`. */
export const EngineHostConfig = z.object({
  RestartPolicy: z
    .object({ Name: z.string().catch('') })
    .nullish()
    .catch(null),
});
export type EngineHostConfig = Immutable<z.infer<typeof EngineHostConfig>>;

/** `STATE/gate/admitted.json`: what the gate let start, so that the sweep knows it after a restart of the agent. */
export const StoredAdmitted = z.object({
  form: z.literal(1),
  /** When it was begun anew, without what was let start before; missing: nothing is known to be missing. */
  since: moment.optional(),
  containers: z.array(z.object({ id: containerId, at: moment, bundle: z.string().max(4096).optional() })),
});
export type StoredAdmitted = Immutable<z.infer<typeof StoredAdmitted>>;

/** `STATE/gate/images.json`: what the engine calls an image, and the digest of its config. */
export const StoredHostImages = z.object({ form: z.literal(1), images: z.array(z.tuple([digest, imageDigest])) });
export type StoredHostImages = Immutable<z.infer<typeof StoredHostImages>>;

/** `STATE/gate/to-start.json`: containers that were refused because the agent was not there. */
export const StoredToStart = z.object({
  form: z.literal(1),
  /** Those that are still tried. */
  containers: z.array(line(64)),
  /** What hinders some, tried any more or not; no tries: it is not known whether they may start. */
  trouble: z
    .array(z.object({ container: line(64), name: line(255), tries: z.int().min(0), error: line(500) }))
    .default([]),
});
export type StoredToStart = Immutable<z.infer<typeof StoredToStart>>;

/** `/var/lib/seawall/gate/instances/NAME.json`: where the wrapper finds what belongs to an engine. */
export const InstanceFile = z.object({
  form: z.literal(1),
  name: line(64),
  /** Folders by which the engine's calls of the runtime are known. */
  engineRoots: z.array(z.string()),
  /** LedgerContent ledger. */
  ledger: z.string(),
  socket: z.string(),
  /** Folder for decisions. */
  spool: z.string(),
});
export type InstanceFile = Immutable<z.infer<typeof InstanceFile>>;

const triedLine = z.object({
  rule: TrialLine.shape.rule,
  check: TrialLine.shape.check,
  ring: TrialLine.shape.ring,
  /** The last day, the oldest first. */
  tries: z.array(z.object({ at: moment, state: TrialLine.shape.state })).max(200),
  reason: TrialLine.shape.reason,
});

/** `STATE/gate/trials.json`: how each line was answered within the last day, so that a restart of the agent forgets none of it. */
export const StoredTrials = z.object({ form: z.literal(1), lines: z.array(triedLine).max(2000) });
export type StoredTrials = Immutable<z.infer<typeof StoredTrials>>;
