import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { digest, line, scanId, subjectId } from '#http/fields.ts';

const AnalyzerList = z.array(z.object({ id: line(64), version: z.int() })).max(100);

const ReleaseAnalyzers = z
  .array(
    z.object({
      id: line(64),
      version: z.int(),
      of: z.enum(['image', 'file-system']).optional(),
      os: z.array(line(32)).max(100).optional(),
    }),
  )
  .max(100);

const environments = z.array(z.string().max(64)).max(10_000);

/** A scan of one subject as the choice sees it, before it is known what its publisher is worth somewhere. */
const ChoiceScan = z.object({
  scan: scanId,
  /** Higher is newer. */
  sequence: z.number(),
  publisher: z.object({
    kind: z.enum(['console', 'agent', 'token', 'user']),
    id: z.string().max(512),
    name: z.string().max(512),
    environment: z.string().max(64).optional(),
    repositories: z.array(z.string().max(1024)).max(1000).optional(),
  }),
  /** Whether every layer was read and checked. */
  usable: z.boolean(),
  analyzers: AnalyzerList,
  /** Digest of what each analyzer found. */
  contents: z.record(z.string().max(256), z.string().max(256)),
  /** Environments where it counted before scans were chosen by proof; null: all of them. Missing: none. */
  carried: environments.nullable().optional(),
});

/** Everything by which it is worked out which scans of a subject count in an environment. */
export const ScanChoice = z.object({
  subject: subjectId,
  of: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('image'), os: line(32) }),
    z.object({ kind: z.literal('file-system') }),
  ]),
  /** Analyzers that the console's release lists, and those of the release before. */
  releases: z.object({ current: ReleaseAnalyzers, before: ReleaseAnalyzers }),
  scans: z.array(ChoiceScan).max(100_000),
  /** Hosts that hold it, and the agents that report for them. */
  holders: z
    .array(
      z.object({
        host: z.string().max(512),
        agent: z.string().max(512),
        environments,
        allowed: environments,
      }),
    )
    .max(100_000),
  /** Where the console read in a trusted registry that a manifest names it. */
  origins: z
    .array(
      z.object({
        registry: z.string().max(512),
        repository: z.string().max(1024),
        manifest: digest,
        index: digest.optional(),
      }),
    )
    .max(10_000),
  endedAgents: z.array(z.string().max(512)).max(100_000),
  revokedAgents: z.array(z.string().max(512)).max(100_000),
  endedTokens: z.array(z.string().max(512)).max(100_000),
});
export type ScanChoice = Immutable<z.infer<typeof ScanChoice>>;
