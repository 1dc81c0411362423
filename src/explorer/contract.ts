import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Fault, Job, PackageType } from '#catalog/contract.ts';
import { line, moment, scanId, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Subject } from '#image/contract.ts';
import { Verdict, VerdictKind } from '#policy/contract.ts';
import { Finding, getDatabase, Severity } from '#vulnerability/contract.ts';

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

/** One line of the images list. While there is no verdict, `reason` tells what it waits for. */
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

export const VerdictTotals = z.object({ pass: z.int(), fail: z.int(), cannotJudge: z.int(), pending: z.int() });
export type VerdictTotals = Immutable<z.infer<typeof VerdictTotals>>;

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
  reply: z.object({ total: z.int(), targets: z.array(UnscannedRow) }),
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

/** Index of a layer in an address; images have up to 1000. */
const layerIndex = z.coerce.number().int().min(0).max(1000);

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
    layer: layerIndex.optional(),
    ...Page,
  }),
  reply: z.object({ total: z.int(), packages: z.array(PackageRow) }),
});

/** A finding with the image that holds it. */
export const FindingRow = z.object({ subject: subjectId, image: z.string(), finding: Finding });
export type FindingRow = Immutable<z.infer<typeof FindingRow>>;

/**
 * One flaw in one package over all images: what the Vulnerability Explorer ranks. Severity, score and risk are the
 * highest that any image has; a flaw that is suppressed in some images only has a row in either list.
 */
export const RankedFlaw = z.object({
  id: z.string(),
  package: z.string(),
  type: PackageType,
  severity: Severity,
  score: z.number().optional(),
  risk: z.number(),
  /** Points of the finding with the highest risk, by factor of `seawall-risk/1`; they add up to `risk`. */
  points: Finding.shape.risk.shape.points,
  epss: z.number().optional(),
  kev: z.boolean(),
  /** Fixed version, when all images need the same. */
  fixed: z.string().optional(),
  /** Fixed versions, several where images have different distributions; the first 20 of them. */
  fixes: z.array(z.string()),
  /** Versions in use; the first 20 of them. */
  installed: z.array(z.string()),
  images: z.int(),
  /** Findings of it: rows of `listFindings` under `flaw`, `package` and `type`. */
  findings: z.int(),
  suppressed: z.boolean(),
});
export type RankedFlaw = Immutable<z.infer<typeof RankedFlaw>>;

const FindingFilter = {
  /** Part of an id, alias, package or image name, in any case. */
  search: z.string().max(256).optional(),
  severity: Severity.optional(),
  fix: z.enum(['available', 'none']).optional(),
  kev: z.stringbool().optional(),
  /** Either those that count or those that are suppressed. */
  suppressed: z.stringbool().default(false),
};

/*
 * `counts` of both lists stand under all filters but `severity` and `suppressed`, so each number is the `total` that
 * choosing it gives: a severity's among those that count, and `suppressed` among those that do not.
 */

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
    type: PackageType.optional(),
    layer: layerIndex.optional(),
    ...Page,
  }),
  reply: z.object({ total: z.int(), findings: z.array(FindingRow), counts: SeverityCounts }),
});

/** One upgrade over all images that need it. */
export const EstateUpgrade = z.object({
  package: z.string(),
  type: PackageType,
  installed: z.array(z.string()),
  to: z.string(),
  /** Findings that it removes, and images that it changes. */
  removes: z.int(),
  images: z.int(),
  worst: Severity,
  /** Risk mass that it removes (`seawall-risk/1`, additive), and that as a part of all, 0…1. */
  mass: z.number(),
  share: z.number(),
});
export type EstateUpgrade = Immutable<z.infer<typeof EstateUpgrade>>;

/** The whole estate at a glance; every number is the `total` of the list that it counts. */
export const Overview = z.object({
  /** Of `listImages`. */
  images: z.int(),
  verdicts: VerdictTotals,
  /** Of `listFindings` and `listFlaws`. */
  findings: SeverityCounts,
  flaws: SeverityCounts,
  hosts: z.int(),
  /** Of `listUnscanned`. */
  unscanned: z.int(),
  database: getDatabase.reply,
  newest: z.array(ImageRow),
  /** The three upgrades that remove the most risk. */
  upgrades: z.array(EstateUpgrade),
});
export type Overview = Immutable<z.infer<typeof Overview>>;

export const getOverview = endpoint({
  method: 'GET',
  path: '/api/v1/overview',
  summary: 'The whole estate at a glance',
  needs: 'read',
  reply: Overview,
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
