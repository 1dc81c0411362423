import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { digest, line, moment, scanId, subjectId } from '#http/fields.ts';
import { Distribution, Package } from '#ecosystems/contract.ts';
import { endpoint } from '#http/index.ts';
import { mostFaultsCounted, Subject } from '#image/contract.ts';
import { ContentFacts } from './contract-contents.ts';
import { PackedExecutables } from './contract-executables.ts';
import { ConfigFacts, FileFacts, FileSecrets } from './contract-files.ts';
import { ScriptRun } from './contract-scripts.ts';

export { buildName } from './contract-builds.ts';
export * from './contract-choice.ts';
export * from './contract-contents.ts';
export * from './contract-executables.ts';
export * from './contract-files.ts';
export * from './contract-scripts.ts';
export { Distribution, Package, PackageType } from '#ecosystems/contract.ts';
export { countFaults, type FaultKind, faultKindOf } from '#image/contract.ts';

/** Something that kept the scan from seeing everything. A catalog with faults is incomplete, and policies see that. */
export const Fault = z.object({
  /** Stable name, the list is in `docs/reference/faults.md`: `truncated-archive`, `unpacked-limit`, `unknown-distribution`, … */
  code: line(64),
  message: line(2000),
  path: z.string().max(8192).optional(),
  layer: z.int().min(0).optional(),
  analyzer: line(64).optional(),
  /** Number of faults that it stands for, where they are not listed one by one; missing: itself alone. */
  count: z.int().min(1).max(mostFaultsCounted).optional(),
});
export type Fault = Immutable<z.infer<typeof Fault>>;

/** Everything that one scan found in a subject. */
export const Catalog = z.object({
  distribution: Distribution.optional(),
  packages: z.array(Package).max(200_000),
  faults: z.array(Fault).max(10_000),
  analyzers: z.array(z.object({ id: line(64), version: z.int() })).max(100),
  /** Of an image. Missing: the scan did not look at them, and nothing is known of them. */
  executables: PackedExecutables.optional(),
  /** Of an image. Missing: an older scan, or one that could not tell. */
  fileFacts: FileFacts.optional(),
  /** Of an image. Missing: as of `fileFacts`. */
  contents: ContentFacts.optional(),
  /** Of an image. Missing: an older scan, or one that searched no layer. */
  fileSecrets: FileSecrets.optional(),
  /** Of an image. Missing: an older scan. */
  configFacts: ConfigFacts.optional(),
  /** Of an image. Missing: the scan was not allowed to run scripts, or is older. */
  scripts: ScriptRun.optional(),
});
export type Catalog = Immutable<z.infer<typeof Catalog>>;

/** What ran the build, when a scan belongs to one. */
export const Job = z.object({ name: line(256), url: line(2048).optional() });
export type Job = Immutable<z.infer<typeof Job>>;

/** What a scanner sends: the subject and its catalog, never findings or verdicts. */
export const ScanPublication = z.object({
  /** Target as the user wrote it. */
  target: line(4096),
  subject: Subject,
  catalog: Catalog,
  scannedAt: moment,
  scanner: z.object({ name: line(128), version: line(64), host: line(255) }),
  job: Job.optional(),
  /** Application that the subject belongs to, as the build names it; `seawall scan --application`. */
  application: line(128).min(1).optional(),
});
export type ScanPublication = Immutable<z.infer<typeof ScanPublication>>;

/** Each publication becomes a scan record of its own; the reply names it. The verdict follows at `getScanVerdict`. */
export const publishScan = endpoint({
  method: 'POST',
  path: '/api/v1/scans',
  summary: 'Publish what a scan found',
  needs: 'publish',
  body: ScanPublication,
  limits: { bytes: 64 * 1024 * 1024, tokens: 4_000_000, depth: 64 },
  reply: z.object({ scan: scanId, subject: subjectId }),
});

/**
 * Which of these subjects are still to be scanned: a host scans those, and no other. A build, and who sees some collections
 * only, get their own scans alone.
 */
export const listWantedScans = endpoint({
  method: 'POST',
  path: '/api/v1/scans/wanted',
  summary: 'Ask which subjects are still to be scanned',
  needs: 'publish',
  body: z.object({
    subjects: z.array(subjectId).max(100_000),
    analyzers: z.array(z.object({ id: line(64), version: z.int() })).max(100),
  }),
  limits: { bytes: 16 * 1024 * 1024, tokens: 101_000, depth: 16 },
  reply: z.object({ wanted: z.array(subjectId) }),
});

/** A document by its digest, see `documentDigest`, and what it is of. */
export const DocumentOfSubject = z.object({ subject: subjectId, digest });
export type DocumentOfSubject = Immutable<z.infer<typeof DocumentOfSubject>>;

/** Which of these documents no scan of their subject has: an agent sends those, and of the others only that it found the same. */
export const listLackingDocuments = endpoint({
  method: 'POST',
  path: '/api/v1/scans/lacking',
  summary: 'Ask which documents the console lacks',
  needs: 'publish',
  body: z.object({ documents: z.array(DocumentOfSubject).max(1000) }),
  reply: z.object({ lacking: z.array(digest) }),
});

/** Fact `scan-same`: a scan that found just what the console has in a document. Names are those of this host. */
export const SameScan = DocumentOfSubject.extend({
  target: line(4096),
  scannedAt: moment,
  scanner: z.object({ name: line(128), version: line(64), host: line(255) }),
  names: z.array(line(512)).max(1000).optional(),
  manifestDigest: digest.optional(),
  indexDigest: digest.optional(),
});
export type SameScan = Immutable<z.infer<typeof SameScan>>;

/** At most so many tokens of one owner are asked about at once. */
export const mostTokensTogether = 200;

/**
 * Images on hosts that have no other counting scan, in one environment at least: their verdict is lost when the token is
 * revoked, or when all tokens of one owner lose their worth at once.
 */
export const listDependentImages = endpoint({
  method: 'GET',
  path: '/api/v1/tokens/:id/dependent-images',
  summary: 'Images whose verdict depends on a token',
  needs: 'administer',
  params: z.object({ id: z.uuid() }),
  query: z.object({
    /** Ids of further tokens that lose their worth with this one, apart by commas. */
    also: z
      .string()
      .regex(/^[0-9a-f-]{36}(?:,[0-9a-f-]{36})*$/)
      .max(37 * mostTokensTogether)
      .optional(),
  }),
  reply: z.object({
    count: z.int(),
    /** The first 20. */
    images: z.array(z.object({ subject: subjectId, name: z.string() })),
  }),
});
