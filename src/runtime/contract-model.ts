import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { imageDigest, line, moment } from '#http/fields.ts';

/** Part of what a program does that is learned and judged apart from the others. */
export const Dimension = z.enum(['process', 'network', 'file', 'syscall']);
export type Dimension = z.infer<typeof Dimension>;

/** `boot`: from the container's start until it listens, or 60 s; `run`: the rest. */
export const Phase = z.enum(['boot', 'run']);
export type Phase = z.infer<typeof Phase>;

/**
 * How much a fact weighs. `benign`: learned; `notable`: learned after it was corroborated; `forbidden`: never learned,
 * it waits for a person. The classes A, B and C of the learning method.
 */
export const FactClass = z.enum(['benign', 'notable', 'forbidden']);
export type FactClass = z.infer<typeof FactClass>;

/** Where a model's line comes from. */
export const EntrySource = z.enum(['static', 'learned', 'inherited', 'user']);
export type EntrySource = z.infer<typeof EntrySource>;

/** Which entrypoint of which image a model speaks for. */
export const ModelKey = z.object({
  digest: imageDigest,
  /** Entrypoint and command as the container runs them, one word each; they and the digest are the model's identity. */
  entrypoint: z.array(line(4096)).max(200),
});
export type ModelKey = Immutable<z.infer<typeof ModelKey>>;

/** Names a model in addresses: first 32 hex digits of SHA-256 over digest, entrypoint and environment. */
export const ModelId = z.string().regex(/^[0-9a-f]{32}$/);

/** How far a person's word reaches. `digest`: this version alone; `lineage`: later versions of the image take it over. */
export const DecisionScope = z.enum(['digest', 'lineage']);
export type DecisionScope = z.infer<typeof DecisionScope>;

const Path = z.string().max(4096);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a process entry states: this program was started by that one. */
export const ProcessFact = z.object({
  dimension: z.literal('process'),
  /** In the container; for a script its interpreter. */
  path: Path,
  /**
   * Which of its programs a multi-call program runs, or the module or class that an interpreter runs by name. Missing: any,
   * learned before applets were recorded. `{any}`: any, since there were too many; `{odd}`: names that no applet has.
   */
  applet: line(255).optional(),
  sha256: Sha256.optional(),
  /** Program that started it; missing: brought in from outside as the container's first program. */
  caller: Path.optional(),
  /** Arguments in their general shape, of shells, interpreters and network tools only. */
  shape: line(4096).optional(),
  /** Where it lies when it is not the image's own file; such a program is known by its content alone. */
  origin: z.enum(['modified', 'upper', 'other-mount', 'memory', 'deleted']).optional(),
  /** Missing: it descends from the container's first program. */
  session: z.enum(['exec', 'health-check']).optional(),
});
/** A program that loads code files which it wrote itself, below one folder: JSPs that become classes. */
export const GeneratedCodeFact = z.object({
  dimension: z.literal('file'),
  kind: z.literal('generated-code'),
  path: Path,
  folder: Path,
});
/** A program that loads one code file that is not the image's, or changed. */
export const CodeFileFact = z.object({
  dimension: z.literal('file'),
  kind: z.literal('code-file'),
  path: Path,
  file: Path,
  sha256: Sha256.optional(),
});

export const Fact = z.discriminatedUnion('dimension', [
  ProcessFact,
  z.discriminatedUnion('kind', [GeneratedCodeFact, CodeFileFact]),
]);
export type Fact = Immutable<z.infer<typeof Fact>>;
export type ProcessFact = Immutable<z.infer<typeof ProcessFact>>;

/** Set of hours since 1970 (or of shorter buckets in a lab): six weeks of bits from `base` on. */
export const Hours = z.object({
  base: z.int().min(0),
  /** 126 bytes, base64; missing: none set. */
  bits: z.string().max(168).optional(),
  /** Something was set before `base`. */
  old: z.boolean(),
});
export type Hours = Immutable<z.infer<typeof Hours>>;

/** Why an entry is in the model and not to be trusted yet, or in which drawer it lies. */
export const EntryState = z.enum([
  /** In the model. */
  'confirmed',
  /** Notable and not corroborated: listed, its next sighting after activation is an alert. */
  'unconfirmed',
  /** Inherited from a program that changed: allowed, confirmed at its first sighting. */
  'pending',
  /** Never learned by itself: waits for a person. */
  'review',
  /** A person said no. */
  'denied',
  /** Of an earlier version, or not seen for long: not in the model. */
  'graveyard',
]);
export type EntryState = z.infer<typeof EntryState>;

/** One line of a model. */
export const Entry = z.object({
  /** Text that names the fact within its model: the same fact has the same key everywhere. */
  key: line(8192),
  fact: Fact,
  class: FactClass,
  state: EntryState,
  source: EntrySource,
  boot: Hours,
  run: Hours,
  firstSeenAt: moment.optional(),
  lastSeenAt: moment.optional(),
  /** UTC days with a sighting, as days since 1970, the newest 60. */
  days: z.array(z.int()).max(60),
  /** Why it is in the review queue, in one sentence. */
  why: line(500).optional(),
  /** Who allowed or denied it. */
  decidedBy: line(255).optional(),
  decidedAt: moment.optional(),
  /** How far that reaches, why, and the version in whose model it was decided, unless this one; the console alone says it. */
  decision: z.object({ scope: DecisionScope, reason: line(1000), from: imageDigest.optional() }).optional(),
  /** 0…1, of inherited entries; 1 once seen under this digest. */
  confidence: z.number().min(0).max(1).optional(),
  /** Environments in which it was seen; only the console sets it. */
  seenIn: z.array(Environment).max(100).optional(),
  /**
   * Why it applies to every applet of a multi-call program; only the console sets it. `learned-before`: applets were not
   * recorded then, and the next sighting replaces it by an entry of its applet.
   */
  anyApplet: z.enum(['learned-before', 'too-many', 'decided']).optional(),
  /** Host whose word alone it is: the console had no scan of the image to check it against. */
  claimedBy: line(400).optional(),
});
export type Entry = Immutable<z.infer<typeof Entry>>;

/** Whether one dimension of a model knows enough. */
export const ConvergenceVerdict = z.enum(['learning', 'active', 'protect-ready', 'open-ended']);
export type ConvergenceVerdict = z.infer<typeof ConvergenceVerdict>;

export const Convergence = z.object({
  verdict: ConvergenceVerdict,
  /** Hours observed without loss, T. */
  hours: z.int(),
  /** Hours that hold something seen in no other, D. */
  novelHours: z.int(),
  /** Expected hours a day with something new: best guess, and bounds that hold with 80 and 95 %. */
  point: z.number(),
  upper80: z.number().optional(),
  upper95: z.number().optional(),
  /** Hours in which a container was seen from its start. */
  starts: z.int(),
  /** Bit n: hour n of the day was covered; bit n: weekday n, 0 is Sunday. */
  hourOfDayMask: z.int(),
  weekdayMask: z.int(),
  /** What keeps it from the next verdict, one sentence each. */
  blockedBy: z.array(line(500)).max(20),
});
export type Convergence = Immutable<z.infer<typeof Convergence>>;

export const ModelState = z.enum(['learning', 'active', 'relearning', 'manual', 'archived']);
export type ModelState = z.infer<typeof ModelState>;

/** Evidence of one dimension besides its entries. */
export const Exposure = z.object({ exposure: Hours, lost: Hours });
export type Exposure = Immutable<z.infer<typeof Exposure>>;

/** What was seen of one entrypoint of one image: merged over replicas, hosts and resends without effect of their order. */
export const Evidence = z.object({
  items: z.array(Entry).max(50_000),
  dimensions: z.object({
    process: Exposure.optional(),
    network: Exposure.optional(),
    file: Exposure.optional(),
    syscall: Exposure.optional(),
  }),
  starts: Hours,
  /** A container of it ran before anybody watched and no start was seen yet. */
  lateStart: z.boolean(),
});
export type Evidence = Immutable<z.infer<typeof Evidence>>;

/** A model of one environment: its evidence, how far it has come, and what people decided there. */
export const Model = z.object({
  key: ModelKey,
  /** Missing: its containers run in no environment. */
  environment: Environment.optional(),
  /** Other environments whose evidence counts too, as the runtime rule in force says. */
  evidenceFrom: z.array(Environment).max(100).optional(),
  /** Raised with each change that agents must hear of. */
  version: z.int().min(1),
  state: ModelState,
  /** Events were lost while it learned, or no start was seen from its beginning. */
  partial: z.boolean(),
  evidence: Evidence,
  convergence: z.partialRecord(Dimension, Convergence),
  activatedAt: moment.optional(),
  /** Who switched it on before its evidence sufficed. */
  activatedBy: line(255).optional(),
  inheritedFrom: z
    .object({
      digest: imageDigest,
      at: moment,
      /** Programs that are not as they were, by path. */
      changes: z.record(Path, z.enum(['new', 'changed', 'libraries-changed'])).optional(),
    })
    .optional(),
});
export type Model = Immutable<z.infer<typeof Model>>;
