import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';

/** Scripts of one scan: as many as there may be checks that people wrote. */
export const mostScripts = 100;
/** What is kept of what a script said: lines, and UTF-16 units of each. */
export const mostSaid = { lines: 20, units: 300 } as const;

/** How a script ended that looked at the files of an image. */
export const ScriptOutcome = z.object({
  /** Id of the check that it belongs to. */
  check: line(64),
  /** SHA-256 of its text. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** 0, 1, or anything else. */
  ended: z.enum(['pass', 'fail', 'error']),
  /** Why it is in error, as a sentence. */
  reason: line(300).optional(),
  /** First lines of what it said, without secrets. */
  said: z.array(line(mostSaid.units)).max(mostSaid.lines),
});
export type ScriptOutcome = Immutable<z.infer<typeof ScriptOutcome>>;

/** What scripts said of an image, or why none ran, as part of a sentence. */
export const ScriptRun = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ran'), outcomes: z.array(ScriptOutcome).max(mostScripts) }),
  z.object({ state: z.literal('not-run'), reason: line(1000) }),
]);
export type ScriptRun = Immutable<z.infer<typeof ScriptRun>>;
