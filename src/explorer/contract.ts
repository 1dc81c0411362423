import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Fault, Job, PackageType } from '#catalog/contract.ts';
import { line, moment, scanId, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Subject } from '#image/contract.ts';
import { Verdict, VerdictKind } from '#policy/contract.ts';
import { Finding, Severity } from '#vulnerability/contract.ts';

/** Findings by severity; suppressed ones apart. */
export const SeverityCounts = z.object({
  critical: z.int(),
  high: z.int(),
  medium: z.int(),
  low: z.int(),
  negligible: z.int(),
  unrated: z.int(),
  suppressed: z.int(),
});
export type SeverityCounts = Immutable<z.infer<typeof SeverityCounts>>;

/** One line of the images list; `state` tells why there is no verdict yet. */
export const ImageRow = z.object({
  subject: subjectId,
  kind: z.enum(['image', 'file-system']),
  names: z.array(z.string()),
  hosts: z.array(z.string()),
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

const Page = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  offset: z.coerce.number().int().min(0).default(0),
};

export const ImageSort = z.enum(['risk', 'name', 'scanned', 'verdict']);
export type ImageSort = z.infer<typeof ImageSort>;

export const listImages = endpoint({
  method: 'GET',
  path: '/api/v1/images',
  summary: 'Scanned images and file systems',
  needs: 'read',
  query: z.object({
    search: z.string().max(256).optional(),
    verdict: VerdictKind.optional(),
    sort: ImageSort.default('risk'),
    ...Page,
  }),
  reply: z.object({
    total: z.int(),
    images: z.array(ImageRow),
    totals: z.object({ pass: z.int(), fail: z.int(), cannotJudge: z.int(), pending: z.int() }),
  }),
});

/** One upgrade and what it removes: the line to work through first. */
export const Upgrade = z.object({
  package: z.string(),
  type: PackageType,
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
    }),
  ),
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

/** A package without its list of owned files, with its findings counted. */
export const PackageRow = z.object({
  name: z.string(),
  version: z.string(),
  type: PackageType,
  purl: z.string(),
  layer: z.int(),
  paths: z.array(z.string()),
  fileCount: z.int(),
  foundBy: z.string(),
  ownedBy: z.string().optional(),
  licenses: z.array(z.string()),
  counts: SeverityCounts,
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
    layer: z.coerce.number().int().min(0).optional(),
    ...Page,
  }),
  reply: z.object({ total: z.int(), packages: z.array(PackageRow) }),
});

/** A finding with the image that holds it. */
export const FindingRow = z.object({ subject: subjectId, image: z.string(), finding: Finding });
export type FindingRow = Immutable<z.infer<typeof FindingRow>>;

/** One flaw over all images: what the Vulnerability Explorer ranks. */
export const RankedFlaw = z.object({
  id: z.string(),
  package: z.string(),
  type: PackageType,
  severity: Severity,
  score: z.number().optional(),
  risk: z.number(),
  epss: z.number().optional(),
  kev: z.boolean(),
  fixed: z.string().optional(),
  installed: z.array(z.string()),
  images: z.int(),
  suppressed: z.boolean(),
});
export type RankedFlaw = Immutable<z.infer<typeof RankedFlaw>>;

const FindingFilter = {
  search: z.string().max(256).optional(),
  severity: Severity.optional(),
  fix: z.enum(['available', 'none']).optional(),
  kev: z.stringbool().optional(),
  suppressed: z.stringbool().default(false),
};

/** All flaws, worst first. */
export const listFlaws = endpoint({
  method: 'GET',
  path: '/api/v1/flaws',
  summary: 'All findings, stack-ranked over images',
  needs: 'read',
  query: z.object({ ...FindingFilter, type: PackageType.optional(), ...Page }),
  reply: z.object({ total: z.int(), flaws: z.array(RankedFlaw), counts: SeverityCounts }),
});

/** Findings one by one: of one image, of one flaw, or of all. */
export const listFindings = endpoint({
  method: 'GET',
  path: '/api/v1/findings',
  summary: 'Findings, worst first',
  needs: 'read',
  query: z.object({
    ...FindingFilter,
    subject: subjectId.optional(),
    flaw: z.string().max(256).optional(),
    package: z.string().max(512).optional(),
    layer: z.coerce.number().int().min(0).optional(),
    ...Page,
  }),
  reply: z.object({ total: z.int(), findings: z.array(FindingRow), counts: SeverityCounts }),
});

/** What changed; pages fetch again what they show. Sent as server-sent events named by `kind`, the data as JSON. */
export const LiveEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image-changed'), subject: subjectId }),
  z.object({ kind: z.literal('host-changed'), host: line(255) }),
  z.object({ kind: z.literal('database-changed') }),
]);
export type LiveEvent = Immutable<z.infer<typeof LiveEvent>>;

/** Path of the event stream (`text/event-stream`); needs `read`. */
export const liveEventsPath = '/api/v1/events';
