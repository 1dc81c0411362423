import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';

const most = 10_000;
const path = z.string().max(4096);
const mode = z.int().min(0).max(0o7777);
/** Empty: the image has no such file; null: it was not read. */
const accountFile = z
  .string()
  .max(512 * 1024)
  .nullable();

/** What an image's files say besides packages and executables, all layers laid over each other. Paths as of executables. */
export const FileFacts = z.object({
  format: z.literal(1),
  /** Whether every layer was read to its end. */
  isComplete: z.boolean(),
  /** Files of accounts, without passwords and full names. */
  accounts: z.object({ passwd: accountFile, group: accountFile, shadow: accountFile }),
  /** Regular files, and folders without the sticky bit, that everybody may write; not what lies in temporary folders. */
  worldWritable: z.array(z.object({ path, mode, kind: z.enum(['file', 'directory']) })).max(most),
  fileCapabilities: z.array(z.object({ path, capabilities: z.array(line(32)).max(64) })).max(most),
  leftovers: z
    .array(
      z.object({
        path,
        kind: z.enum(['git', 'svn', 'environment-file', 'terraform-state', 'password-store', 'core-dump']),
      }),
    )
    .max(most),
  /** `layer`: index of the layer that holds it. */
  packageCaches: z.array(z.object({ path, layer: z.int().min(0).max(10_000) })).max(most),
  /** Kinds of which something that decides may be left out. */
  cut: z.array(z.enum(['worldWritable', 'fileCapabilities', 'leftovers', 'packageCaches'])).max(4),
});
export type FileFacts = Immutable<z.infer<typeof FileFacts>>;

/** What an image's config says to checks, without the secrets in it. */
export const ConfigFacts = z.object({
  format: z.literal(1),
  /** JSON of the fields by name, each known with its value and place, or missing with why. */
  text: z.string().max(4 * 1024 * 1024),
});
export type ConfigFacts = Immutable<z.infer<typeof ConfigFacts>>;
