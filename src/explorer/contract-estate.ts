import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { line, moment, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { VerdictKind } from '#policy/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { EstateUpgrade } from './contract-findings.ts';
import { ImageRow } from './contract-images.ts';
import { SeverityCounts, VerdictTotals } from './contract-counts.ts';
import { Page } from './contract-query.ts';

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
  /** Risk sum of running images, and the index 0…100 made of it (`seawall-risk/1`). */
  riskSum: z.number(),
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
  riskSum: z.number(),
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
  riskSum: z.number(),
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
          state: z.enum(['running', 'on-disk', 'build']),
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
  /** Of `listImages` under `kind=image`. */
  images: z.int(),
  verdicts: VerdictTotals,
  /** Of `listFindings` and `listVulnerabilities`; of a named environment those of what runs there, as with `running`. */
  findings: SeverityCounts,
  vulnerabilities: SeverityCounts,
  hosts: z.int(),
  /** Of `listUnscanned`. */
  unscanned: z.int(),
  database: getDatabase.reply,
  newest: z.array(ImageRow),
  /** The three upgrades that remove the most risk; of a named environment from what runs there. */
  upgrades: z.array(EstateUpgrade),
  /** One for each environment that hosts stand in, prod first. */
  environments: z.array(EnvironmentRow),
  /** Images in which publishers found different things. */
  differences: z.array(z.object({ subject: subjectId, image: z.string() })),
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
  z.object({ kind: z.literal('models-changed') }),
  z.object({ kind: z.literal('incidents-changed') }),
  z.object({ kind: z.literal('decisions-changed') }),
  z.object({ kind: z.literal('gates-changed') }),
  z.object({ kind: z.literal('compliance-changed') }),
]);
export type LiveEvent = Immutable<z.infer<typeof LiveEvent>>;

/** Path of the event stream (`text/event-stream`); needs `read`. */
export const liveEventsPath = '/api/v1/events';
