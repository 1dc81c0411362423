import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { Dimension, FactClass } from './contract-model.ts';
import { RuntimeEffect } from './contract-rule.ts';

/** What became of it. `observed`: it ran; `refused`: it got EPERM; `killed`: ended before its first instruction. */
export const Outcome = z.enum(['observed', 'refused', 'killed', 'stopped']);
export type Outcome = z.infer<typeof Outcome>;

const Path = z.string().max(4096);
const Hash = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));

/** A process as far as it is known; what is missing is not known. `argv` has its secrets masked. */
export const SeenProcess = z.object({
  pid: z.int().optional(),
  startedAt: moment.optional(),
  path: Path,
  /** Which of its programs a multi-call program runs, or the module or class that an interpreter runs by name. */
  applet: line(255).optional(),
  sha256: Hash(64).optional(),
  md5: Hash(32).optional(),
  /** Package and version that the image's catalog names as its owner. */
  package: line(1024).optional(),
  argv: z.array(line(4096)).max(256).optional(),
  uid: z.int().optional(),
});
export type SeenProcess = Immutable<z.infer<typeof SeenProcess>>;

/** How it came into the container. */
export const Session = z.enum(['entry', 'exec', 'health-check']);
export type Session = z.infer<typeof Session>;

/** Fact `detection`: something that the model or a threat detector objects to. */
export const Detection = z.object({
  /** Same event, same id: reported twice it counts once. */
  id: line(128),
  time: moment,
  detector: line(64),
  dimension: Dimension,
  /** MITRE ATT&CK technique, `T1059.004`. */
  technique: line(16).optional(),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  class: FactClass,
  /** Graded down to a line in the model's history: benign and in a context that was never covered. */
  notice: z.boolean(),
  /** What the rule says. */
  effect: RuntimeEffect,
  outcome: Outcome,
  container: z.object({ id: z.string().regex(/^[0-9a-f]{64}$/), name: line(255), image: line(512) }),
  imageDigest: imageDigest.optional(),
  entrypoint: z.array(line(4096)).max(200),
  session: Session,
  process: SeenProcess,
  /** Nearest first. */
  ancestors: z.array(SeenProcess).max(16),
  /** File that it is about, when it is not the program itself. */
  file: z.object({ path: Path, sha256: Hash(64).optional(), writer: Path.optional() }).optional(),
  /** What the model allows in its place, in words; missing: nothing is learned yet. */
  expected: line(2000).optional(),
  seen: line(2000),
  /** One sentence for people. */
  message: line(2000),
  /** The one model line that would allow it, and the key that it would have. */
  allow: z.object({ line: line(4096), key: line(8192) }).optional(),
  remedy: line(2000),
  /** Other detectors that object to the same event. */
  also: z.array(line(64)).max(32).optional(),
  /** How often it came within its bucket. */
  count: z.int().min(1),
  rule: z.object({ id: line(64), name: line(200) }).optional(),
});
export type Detection = Immutable<z.infer<typeof Detection>>;
