import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment, Slug } from '#access/contract.ts';
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

/**
 * Which part of the estate a list or number is about. `environment` counts what hosts of it hold, with the risk that it
 * has there; `none` is what lies in no named environment or nowhere. Several fields narrow together.
 */
const Scope = {
  environment: z.union([Environment, z.literal('none')]).optional(),
  application: line(255).optional(),
  collection: Slug.optional(),
  host: line(400).optional(),
  /** Images that a container runs now, or those that none runs. */
  running: z.stringbool().optional(),
};

/** One image in one environment. */
export const Placement = z.object({
  /** Missing: hosts without an environment. */
  environment: Environment.optional(),
  hosts: z.int(),
  /** Containers that run now. */
  containers: z.int(),
  verdict: VerdictKind.optional(),
  /** What is known comes from agents that are away. */
  stale: z.boolean(),
});
export type Placement = Immutable<z.infer<typeof Placement>>;

/** One line of the images list. While there is no verdict, `reason` tells what it waits for. */
export const ImageRow = z.object({
  subject: subjectId,
  kind: z.enum(['image', 'file-system']),
  names: z.array(z.string()),
  hosts: z.array(z.string()),
  /** Where it lies: prod first, then others by name. */
  placements: z.array(Placement),
  applications: z.array(z.string()),
  /** Witnesses that reported different content of this one digest. */
  disagrees: z.boolean(),
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
      witness: z.object({
        kind: z.enum(['user', 'token', 'agent']),
        name: z.string(),
        environment: Environment.optional(),
      }),
      /** Whether this scan is the one that speaks for the image. */
      speaks: z.boolean(),
    }),
  ),
  /** Newest verdict in each environment where it lies. */
  verdicts: z.array(z.object({ environment: Environment.optional(), verdict: Verdict, judgedAt: moment })),
  /** Pairs of witnesses that reported different content. */
  disagreements: z.array(
    z.object({
      scans: z.array(z.object({ scan: scanId, witness: z.string(), packages: z.int(), at: moment })),
      /** Packages that only one of them reports, the first 20. */
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
  /** When a process was last seen with a file of it; missing: not seen. */
  inUse: moment.optional(),
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
export const FindingRow = z.object({
  subject: subjectId,
  image: z.string(),
  /** Its `risk` is that of the environment asked for, else the highest of all. */
  finding: Finding,
  /** Where its image lies. */
  placements: z.array(Placement),
  /** When a process was last seen with a file of the package; missing: not seen. */
  inUse: moment.optional(),
  /** When this image was first known to have it. */
  firstSeenAt: moment,
});
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
  /** Running containers with it, by environment, prod first. */
  containers: z.array(z.object({ environment: Environment.optional(), containers: z.int(), images: z.int() })),
  /** A process was seen with a file of the package in one of them. */
  inUse: z.boolean(),
  firstSeenAt: moment,
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
  inUse: z.stringbool().optional(),
  ...Scope,
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

/**
 * Where one flaw is, from image to container to host; every level is cut at 100, with its total beside it. Images with
 * the highest risk first.
 */
export const getFlawTree = endpoint({
  method: 'GET',
  path: '/api/v1/flaws/tree',
  summary: 'Where one flaw is',
  needs: 'read',
  query: z.object({
    flaw: z.string().max(256),
    package: z.string().max(512),
    type: PackageType,
    ...Scope,
  }),
  reply: z.object({
    total: z.int(),
    images: z.array(
      z.object({
        subject: subjectId,
        image: z.string(),
        installed: z.string(),
        fixed: z.string().optional(),
        risk: z.number(),
        inUse: moment.optional(),
        applications: z.array(z.string()),
        /** Running containers. */
        total: z.int(),
        containers: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            host: z.string(),
            environment: Environment.optional(),
            stale: z.boolean(),
          }),
        ),
        /** Hosts that hold the image, running or not. */
        hosts: z.array(z.object({ host: z.string(), environment: Environment.optional() })),
      }),
    ),
  }),
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

/** Upgrades, those that remove the most risk mass first: the explorer's list of fixes. */
export const listUpgrades = endpoint({
  method: 'GET',
  path: '/api/v1/upgrades',
  summary: 'Upgrades by the risk that they remove',
  needs: 'read',
  query: z.object({ search: z.string().max(256).optional(), type: PackageType.optional(), ...Scope, ...Page }),
  reply: z.object({ total: z.int(), upgrades: z.array(EstateUpgrade) }),
});

/** How one environment stands. */
export const EnvironmentRow = z.object({
  /** Missing: hosts without an environment. */
  environment: Environment.optional(),
  hosts: z.int(),
  /** Hosts whose agents are away. */
  staleHosts: z.int(),
  images: z.int(),
  containers: z.int(),
  verdicts: VerdictTotals,
  findings: SeverityCounts,
  /** Risk mass of running images, and the index 0…100 made of it (`seawall-risk/1`). */
  mass: z.number(),
  index: z.number(),
});
export type EnvironmentRow = Immutable<z.infer<typeof EnvironmentRow>>;

/** One moment of the estate, or of one environment. */
export const TrendPoint = z.object({
  at: moment,
  images: z.int(),
  containers: z.int(),
  findings: SeverityCounts,
  /** Images by the worst severity that they hold. */
  impacted: SeverityCounts,
  mass: z.number(),
  index: z.number(),
});
export type TrendPoint = Immutable<z.infer<typeof TrendPoint>>;

/** Hourly points of the last two days, daily ones before. */
export const getTrend = endpoint({
  method: 'GET',
  path: '/api/v1/trend',
  summary: 'How the estate stood over time',
  needs: 'read',
  query: z.object({
    environment: z.union([Environment, z.literal('none')]).optional(),
    days: z.coerce.number().int().min(1).max(730).default(30),
  }),
  reply: z.object({ points: z.array(TrendPoint) }),
});

/** Images and containers that belong together. */
export const ApplicationRow = z.object({
  name: z.string(),
  /** What says so: a label, a compose project, a namespace, a build, or a collection. */
  from: z.enum(['label', 'compose', 'namespace', 'build', 'collection']),
  images: z.int(),
  containers: z.int(),
  hosts: z.int(),
  environments: z.array(Environment),
  verdict: VerdictKind.optional(),
  counts: SeverityCounts,
  worst: z.number().optional(),
  mass: z.number(),
});
export type ApplicationRow = Immutable<z.infer<typeof ApplicationRow>>;

export const listApplications = endpoint({
  method: 'GET',
  path: '/api/v1/applications',
  summary: 'Applications, most risk first',
  needs: 'read',
  query: z.object({
    search: z.string().max(256).optional(),
    environment: z.union([Environment, z.literal('none')]).optional(),
    ...Page,
  }),
  reply: z.object({ total: z.int(), applications: z.array(ApplicationRow) }),
});

/**
 * One application: its parts (one repository each), and which version of each part is where. Findings, images and
 * containers of it are in the lists under `application`.
 */
export const ApplicationDetail = z.object({
  row: ApplicationRow,
  environments: z.array(z.object({ environment: Environment.optional(), verdict: VerdictKind.optional() })),
  parts: z.array(
    z.object({
      repository: z.string(),
      versions: z.array(
        z.object({
          /** Missing: no environment; `build` marks one that runs nowhere. */
          environment: Environment.optional(),
          place: z.enum(['running', 'present', 'build']),
          subject: subjectId,
          tags: z.array(z.string()),
          created: moment.optional(),
          containers: z.int(),
          verdict: VerdictKind.optional(),
          counts: SeverityCounts,
          worst: z.number().optional(),
        }),
      ),
    }),
  ),
});
export type ApplicationDetail = Immutable<z.infer<typeof ApplicationDetail>>;

export const getApplication = endpoint({
  method: 'GET',
  path: '/api/v1/applications/:name',
  summary: 'One application',
  needs: 'read',
  params: z.object({ name: line(255) }),
  reply: ApplicationDetail,
});

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
  /** One for each environment that hosts stand in, prod first. */
  environments: z.array(EnvironmentRow),
  /** Images about whose content witnesses disagree. */
  disagreements: z.array(z.object({ subject: subjectId, image: z.string() })),
  /** Hosts whose agents are away. */
  staleHosts: z.int(),
  /** Since midnight UTC. */
  today: z.object({ newFindings: z.int(), goneFindings: z.int(), newImages: z.int() }),
});
export type Overview = Immutable<z.infer<typeof Overview>>;

export const getOverview = endpoint({
  method: 'GET',
  path: '/api/v1/overview',
  summary: 'The whole estate at a glance',
  needs: 'read',
  query: z.object({ environment: z.union([Environment, z.literal('none')]).optional() }),
  reply: Overview,
});

/** What changed; pages fetch again what they show. Sent as server-sent events named by `kind`, the data as JSON. */
export const LiveEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image-changed'), subject: subjectId }),
  z.object({ kind: z.literal('host-changed'), host: line(255) }),
  z.object({ kind: z.literal('database-changed') }),
  z.object({ kind: z.literal('policies-changed') }),
  z.object({ kind: z.literal('exceptions-changed') }),
]);
export type LiveEvent = Immutable<z.infer<typeof LiveEvent>>;

/** Path of the event stream (`text/event-stream`); needs `read`. */
export const liveEventsPath = '/api/v1/events';
