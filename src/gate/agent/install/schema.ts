import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

/** What the wrapper reads at each start, `gate.json`. The C side knows the same form. */
export const GateSettings = z.object({
  form: z.literal(1),
  /** The engine's own runtime, where the wrapper hands on to. */
  runc: z.string().startsWith('/'),
  /** Answer to a start of an engine that no instance speaks for. */
  unknownInstance: z.enum(['allow', 'deny']),
  /** Answer where the gate's own files are missing or cannot be read. */
  broken: z.enum(['allow', 'deny']),
});
export type GateSettings = Immutable<z.infer<typeof GateSettings>>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** How a file was before it was changed; its content lies in the record's folder under its hash. */
const FileBefore = z.object({
  sha256,
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
  /** Nanoseconds, as a decimal number: more than a JSON number holds. */
  mtime: z.string().regex(/^\d+$/),
});
export type FileBefore = Immutable<z.infer<typeof FileBefore>>;

const Change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), path: z.string() }),
  z.object({ kind: z.literal('link'), path: z.string(), target: z.string() }),
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    /** Missing: there was none. */
    before: FileBefore.optional(),
    /** Hashes of what was put there, the newest last. */
    ours: z.array(sha256).min(1),
  }),
  z.object({
    kind: z.literal('diversion'),
    path: z.string(),
    /** Where dpkg puts the package's file from then on. */
    to: z.string(),
    /** Hashes of the wrappers put at `path`, the newest last. */
    ours: z.array(sha256).min(1),
    /** dpkg's lists of diversions, as they were. */
    lists: z.array(z.object({ path: z.string(), before: FileBefore.optional() })),
  }),
  /** The wrapper beside the runtime; the programs that watch containers name it until the last of them has ended. */
  z.object({
    kind: z.literal('beside'),
    path: z.string(),
    runtime: z.string(),
    /** Hash of the wrapper; missing: an earlier version put it there. */
    ours: sha256.optional(),
  }),
]);
export type Change = Immutable<z.infer<typeof Change>>;

/** What was asked for at the last `gate install`. */
export const InstallWish = z.object({
  divert: z.enum(['yes', 'no']),
  authorization: z.enum(['yes', 'no']),
  broken: z.enum(['allow', 'deny']),
  unknownInstance: z.enum(['allow', 'deny']),
});
export type InstallWish = Immutable<z.infer<typeof InstallWish>>;

/** Everything that the gate has changed on this host, each change written down before it is made. */
export const InstallRecord = z.object({
  form: z.literal(1),
  /** `installing` and `removing`: the last command has not come to its end. */
  state: z.enum(['installing', 'installed', 'removing']),
  at: z.iso.datetime(),
  wish: InstallWish,
  changes: z.array(Change),
});
export type InstallRecord = Immutable<z.infer<typeof InstallRecord>>;

/** The part of the engine's `daemon.json` that the gate looks at; Go reads keys in any case, and so does nobody here. */
export const EngineSettings = z.object({
  'default-runtime': z.string().optional(),
  runtimes: z.record(z.string(), z.object({ path: z.string().optional() })).optional(),
  'authorization-plugins': z.array(z.string()).optional(),
});
export type EngineSettings = Immutable<z.infer<typeof EngineSettings>>;

/** Who holds an agent's state folder. */
export const StateHolder = z.object({ pid: z.int(), start: z.string() });
