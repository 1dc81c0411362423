import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';

const most = 1_000;
const path = z.string().max(4096);
const layer = z.int().min(0).max(10_000);
const count = z.int().min(0);

/** A set of hashes and rules that tells malware, as a user supplied it. */
export const MalwareSet = z.object({
  name: line(128),
  version: line(128),
  /** RFC 3339 day or moment. */
  date: line(64),
  /** SHA-256 of all that it holds. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  hashes: count,
  ruleFiles: count,
});
export type MalwareSet = Immutable<z.infer<typeof MalwareSet>>;

/** What a set of hashes and rules found in all layers of an image. */
export const MalwareSearch = z.object({
  set: MalwareSet,
  /** Files that were compared with the hashes, and those of them that the rules looked at. */
  files: count,
  ruled: count,
  /** Files of which the rules saw nothing: too large, or they took too long. */
  unseen: z.array(z.object({ path, layer, reason: line(300) })).max(most),
  matches: z.array(z.object({ path, layer, by: z.enum(['hash', 'rule']), name: line(256) })).max(most),
  /** Matches and unseen files that are not listed. */
  more: count,
});
export type MalwareSearch = Immutable<z.infer<typeof MalwareSearch>>;

/** What the contents of an image's files say, all layers laid over each other. Paths as of executables. */
export const ContentFacts = z.object({
  format: z.literal(1),
  /** Whether every layer was read to its end and nothing was left out. */
  isComplete: z.boolean(),
  miners: z
    .array(
      z.object({
        path,
        isProgram: z.boolean(),
        by: z.enum(['name', 'pool', 'protocol']),
        seen: line(300),
        /** Name of the operating system package that owns it. */
        package: line(512).optional(),
      }),
    )
    .max(most),
  packed: z
    .array(
      z.object({
        path,
        by: z.enum(['upx', 'entropy']),
        /** Bits a byte of its code. */
        entropy: z.number().min(0).max(8).optional(),
        package: line(512).optional(),
      }),
    )
    .max(most),
  /** Programs that were compared with the hashes of their packages; missing: the packages keep none that a scan reads. */
  compared: count.optional(),
  /** Those of them that are not what their packages installed. */
  modified: z.array(path).max(10_000),
  /** Certificates that programs take as roots; missing: there is no package of roots to compare them with. */
  roots: z
    .array(
      z.object({
        subject: line(300),
        /** SHA-256 of its DER. */
        fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
        /** The distribution's own package of roots holds it, as it was installed. */
        isPackaged: z.boolean(),
      }),
    )
    .max(10_000)
    .optional(),
  /** Missing: no set was given. */
  malware: MalwareSearch.optional(),
});
export type ContentFacts = Immutable<z.infer<typeof ContentFacts>>;
