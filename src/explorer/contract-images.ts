import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { Executable, ExecutableKind, Fault, Job, PackageType } from '#catalog/contract.ts';
import { moment, scanId, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Subject } from '#image/contract.ts';
import { Verdict, VerdictKind } from '#policy/contract.ts';
import { NotCompared, Severity } from '#vulnerability/contract.ts';
import { Placement, SeverityCounts, VerdictTotals } from './contract-counts.ts';
import { layerIndex, Page, Scope } from './contract-query.ts';

/** One line of the images list. While there is no verdict, `reason` says what it waits for. */
export const ImageRow = z.object({
  subject: subjectId,
  kind: z.enum(['image', 'file-system']),
  names: z.array(z.string()),
  hosts: z.array(z.string()),
  /** Where it is: prod first, then others by name. */
  placements: z.array(Placement),
  applications: z.array(z.string()),
  /** Whether publishers found different things in it. */
  differs: z.boolean(),
  distribution: z.string().optional(),
  platform: z.string().optional(),
  size: z.int(),
  packages: z.int(),
  counts: SeverityCounts,
  faults: z.int(),
  verdict: VerdictKind.optional(),
  reason: z.string().optional(),
  /** Highest risk of a finding. */
  worst: z.number().optional(),
  scannedAt: moment,
  judgedAt: moment.optional(),
  scan: scanId,
});
export type ImageRow = Immutable<z.infer<typeof ImageRow>>;

/** `pending`: scanned, and not judged yet. */
export const ImageState = z.enum([...VerdictKind.options, 'pending']);
export type ImageState = z.infer<typeof ImageState>;

/** Something on a host that no scan speaks for: it could not be scanned, or waits for its first scan. */
export const UnscannedRow = z.object({
  host: z.string(),
  name: z.string(),
  /** Code of the error catalogue, or `scan-pending`. */
  code: z.string(),
  reason: z.string(),
});
export type UnscannedRow = Immutable<z.infer<typeof UnscannedRow>>;

export const ImageSort = z.enum(['risk', 'name', 'scanned', 'verdict']);
export type ImageSort = z.infer<typeof ImageSort>;

export const listImages = endpoint({
  method: 'GET',
  path: '/api/v1/images',
  summary: 'Scanned images and file systems',
  needs: 'read',
  query: z.object({
    search: z.string().max(256).optional(),
    verdict: ImageState.optional(),
    sort: ImageSort.default('risk'),
    ...Scope,
    ...Page,
  }),
  reply: z.object({
    /** Rows under search and verdict. */
    total: z.int(),
    images: z.array(ImageRow),
    /** Rows under search alone: each number is the `total` of that verdict. */
    totals: VerdictTotals,
    /** Under search alone; the first of them, all are in `listUnscanned`. */
    unscanned: z.object({ total: z.int(), targets: z.array(UnscannedRow) }),
  }),
});

/** Everything that hosts hold and no scan speaks for. */
export const listUnscanned = endpoint({
  method: 'GET',
  path: '/api/v1/unscanned',
  summary: 'Targets without a scan, with the reason',
  needs: 'read',
  query: z.object({ search: z.string().max(256).optional(), ...Page }),
  reply: z.object({
    total: z.int(),
    targets: z.array(UnscannedRow),
    /** The same by host, all of them: targets that could not be scanned, and those that wait for their first scan. */
    hosts: z.array(z.object({ host: z.string(), failed: z.int(), waiting: z.int() })),
  }),
});

/** One upgrade and what it removes: the line to work through first. */
export const Upgrade = z.object({
  package: z.string(),
  type: PackageType,
  /** Source package of an operating system's package: all packages of one source are updated together. */
  source: z.string().optional(),
  /** How it came in: names from a direct dependency down to the package itself; missing: not known. */
  via: z.array(z.string()).optional(),
  /** Where the evidence of the package lies, the first of it: that tells which tool manages it. */
  paths: z.array(z.string()).optional(),
  /** Its package URL, which names the distribution. */
  purl: z.string().optional(),
  /** Package managers of its system that the image holds; missing: not known. */
  managers: z.array(z.string()).optional(),
  installed: z.string(),
  /** Version that removes the most findings; missing when no fix is known. */
  to: z.string().optional(),
  removes: z.int(),
  remains: z.int(),
  worst: Severity,
  risk: z.number(),
  layer: z.int(),
  findings: z.array(z.string()),
});
export type Upgrade = Immutable<z.infer<typeof Upgrade>>;

export const ImageDetail = z.object({
  row: ImageRow,
  subject: Subject,
  target: z.string(),
  job: Job.optional(),
  scanner: z.object({ name: z.string(), version: z.string(), host: z.string() }),
  verdict: Verdict.optional(),
  faults: z.array(Fault),
  upgrades: z.array(Upgrade),
  /** Counts per layer index. */
  layers: z.array(z.object({ index: z.int(), packages: z.int(), counts: SeverityCounts })),
  scans: z.array(
    z.object({
      scan: scanId,
      scannedAt: moment,
      target: z.string(),
      verdict: VerdictKind.optional(),
      job: Job.optional(),
      scanner: z.string(),
      publisher: z.object({
        kind: z.enum(['console', 'user', 'token', 'agent']),
        name: z.string(),
        environment: Environment.optional(),
      }),
      /** Where this scan counts, and by which rank: 3 proven, 2 held, 1 published; 0 counted before an upgrade. */
      counts: z.array(
        z.object({
          environment: Environment.optional(),
          /** Where the image is not yet. */
          coming: z.literal(true).optional(),
          rank: z.int().min(0).max(3),
          why: z.enum(['current', 'older', 'differs', 'carried']),
        }),
      ),
      /** Why it counts nowhere, of the newest scans of each publisher. */
      silenced: z
        .enum([
          'replaced',
          'older-analyzers',
          'not-read',
          'lacks-analyzers',
          'recorded',
          'higher-rank',
          'same-content',
          'agrees',
        ])
        .optional(),
      /** Whether pages show the content of this one. */
      shown: z.boolean(),
    }),
  ),
  /** The current verdict in each environment where it is, and the scan that it is of. */
  verdicts: z.array(
    z.object({ environment: Environment.optional(), scan: scanId, verdict: Verdict, judgedAt: moment }),
  ),
  /** Pairs of publishers that found different things. */
  differences: z.array(
    z.object({
      scans: z.array(z.object({ scan: scanId, publisher: z.string(), packages: z.int(), at: moment })),
      /** `pull`: the first is what the console itself pulled. */
      settledBy: z.enum(['publishers', 'pull']),
      /** Packages that only one of them has, or has otherwise; the first 20. */
      differs: z.array(z.string()),
    }),
  ),
  /** The build before this one: same job, else same repository. */
  previous: z.object({ subject: subjectId, name: z.string(), scannedAt: moment }).optional(),
});
export type ImageDetail = Immutable<z.infer<typeof ImageDetail>>;

export const getImage = endpoint({
  method: 'GET',
  path: '/api/v1/images/:subject',
  summary: 'One image',
  needs: 'read',
  params: z.object({ subject: subjectId }),
  reply: ImageDetail,
});

/** A finding in a list of changes. */
const ChangedFinding = z.object({
  id: z.string(),
  package: z.string(),
  type: PackageType,
  installed: z.string(),
  fixed: z.string().optional(),
  severity: Severity,
  risk: z.number(),
});

/** What differs between an image and another, usually the build before it. */
export const getChanges = endpoint({
  method: 'GET',
  path: '/api/v1/images/:subject/changes',
  summary: 'What changed since another image',
  needs: 'read',
  params: z.object({ subject: subjectId }),
  query: z.object({ against: subjectId }),
  reply: z.object({
    findings: z.object({
      added: z.array(ChangedFinding),
      removed: z.array(ChangedFinding),
      kept: z.int(),
    }),
    packages: z.object({
      added: z.array(z.object({ name: z.string(), type: PackageType, version: z.string() })),
      removed: z.array(z.object({ name: z.string(), type: PackageType, version: z.string() })),
      changed: z.array(z.object({ name: z.string(), type: PackageType, from: z.string(), to: z.string() })),
      kept: z.int(),
    }),
  }),
});

/** A package without its list of owned files, with its findings counted. */
export const PackageRow = z.object({
  name: z.string(),
  version: z.string(),
  type: PackageType,
  purl: z.string(),
  layer: z.int(),
  paths: z.array(z.string()),
  /** When a process was last seen with a file of it; missing: not seen. */
  inUse: moment.optional(),
  fileCount: z.int(),
  foundBy: z.string(),
  ownedBy: z.string().optional(),
  licenses: z.array(z.string()),
  counts: SeverityCounts,
  /** Missing: it was compared with advisories. */
  notCompared: NotCompared.optional(),
});
export type PackageRow = Immutable<z.infer<typeof PackageRow>>;

export const listPackages = endpoint({
  method: 'GET',
  path: '/api/v1/images/:subject/packages',
  summary: 'Packages of one image',
  needs: 'read',
  params: z.object({ subject: subjectId }),
  query: z.object({
    search: z.string().max(256).optional(),
    type: PackageType.optional(),
    layer: layerIndex.optional(),
    ...Page,
  }),
  reply: z.object({ total: z.int(), packages: z.array(PackageRow) }),
});

/** Executables and code files by the scan that speaks for the image; `unknown` when it did not look at them. */
export const listExecutables = endpoint({
  method: 'GET',
  path: '/api/v1/images/:subject/executables',
  summary: 'Executables and code files of one image, with their hashes',
  needs: 'read',
  params: z.object({ subject: subjectId }),
  query: z.object({
    /** Part of a path or of a package's URL, or the beginning of a hash. */
    search: z.string().max(256).optional(),
    kind: ExecutableKind.optional(),
    layer: layerIndex.optional(),
    ...Page,
  }),
  reply: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('known'),
      scan: scanId,
      total: z.int(),
      /** Whether all executables of the image are among them. */
      isComplete: z.boolean(),
      executables: z.array(Executable),
    }),
    z.object({ state: z.literal('unknown') }),
  ]),
});
