import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { PackageType } from '#catalog/contract.ts';
import { moment, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Finding, Severity } from '#vulnerability/contract.ts';
import { Placement, SeverityCounts } from './contract-counts.ts';
import { layerIndex, Page, Scope } from './contract-query.ts';

/** A finding with its image. */
export const FindingRow = z.object({
  subject: subjectId,
  image: z.string(),
  /** Its `risk` is that of the environment asked for, else the highest of all. */
  finding: Finding,
  /** Where its image is. */
  placements: z.array(Placement),
  /** When a process was last seen with a file of the package; missing: not seen. */
  inUse: moment.optional(),
  /** When this image was first known to have it. */
  firstSeenAt: moment,
});
export type FindingRow = Immutable<z.infer<typeof FindingRow>>;

/**
 * One vulnerability in one package over all images: what the Vulnerability Explorer ranks. Severity, score and risk are the
 * highest that any image has; a vulnerability that is suppressed in some images only has a row in either list.
 */
export const RankedVulnerability = z.object({
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
  /** Findings of it: rows of `listFindings` under `vulnerability`, `package` and `type`. */
  findings: z.int(),
  suppressed: z.boolean(),
  /** Running containers with it, by environment, prod first. */
  containers: z.array(z.object({ environment: Environment.optional(), containers: z.int(), images: z.int() })),
  /** A process was seen with a file of the package in one of them. */
  inUse: z.boolean(),
  firstSeenAt: moment,
});
export type RankedVulnerability = Immutable<z.infer<typeof RankedVulnerability>>;

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

/** `fixed`: those with a fix first, by risk. */
export const FindingSort = z.enum(['risk', 'severity', 'epss', 'images', 'name', 'fixed']);
export type FindingSort = z.infer<typeof FindingSort>;

/** All vulnerabilities, worst first unless sorted otherwise. */
export const listVulnerabilities = endpoint({
  method: 'GET',
  path: '/api/v1/vulnerabilities',
  summary: 'All findings, stack-ranked over images',
  needs: 'read',
  query: z.object({
    ...FindingFilter,
    type: PackageType.optional(),
    /** Those of which an image got a finding at or after this. */
    since: moment.optional(),
    sort: FindingSort.default('risk'),
    ...Page,
  }),
  reply: z.object({ total: z.int(), vulnerabilities: z.array(RankedVulnerability), counts: SeverityCounts }),
});

/** Findings one by one: of one image, of one vulnerability, or of all. */
export const listFindings = endpoint({
  method: 'GET',
  path: '/api/v1/findings',
  summary: 'Findings, worst first',
  needs: 'read',
  query: z.object({
    ...FindingFilter,
    subject: subjectId.optional(),
    vulnerability: z.string().max(256).optional(),
    package: z.string().max(512).optional(),
    type: PackageType.optional(),
    layer: layerIndex.optional(),
    /** Layers with this index and higher ones: those above a base. */
    fromLayer: layerIndex.optional(),
    /** Layers below this index: those of a base. */
    belowLayer: layerIndex.optional(),
    ...Page,
  }),
  reply: z.object({ total: z.int(), findings: z.array(FindingRow), counts: SeverityCounts }),
});

/**
 * Where one vulnerability is, from image to container to host; every level is cut at 100, with its total beside it. Images with
 * the highest risk first.
 */
export const getVulnerabilityTree = endpoint({
  method: 'GET',
  path: '/api/v1/vulnerabilities/tree',
  summary: 'Where one vulnerability is',
  needs: 'read',
  query: z.object({
    vulnerability: z.string().max(256),
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
        /** Hosts of the environment that hold the image, running or not. */
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
  /** Risk sum that it removes (`seawall-risk/1`, additive), and that as a part of all, 0…1. */
  riskSum: z.number(),
  share: z.number(),
});
export type EstateUpgrade = Immutable<z.infer<typeof EstateUpgrade>>;

/** Upgrades, those that remove the most risk sum first: the explorer's list of fixes. */
export const listUpgrades = endpoint({
  method: 'GET',
  path: '/api/v1/upgrades',
  summary: 'Upgrades by the risk that they remove',
  needs: 'read',
  query: z.object({ search: z.string().max(256).optional(), type: PackageType.optional(), ...Scope, ...Page }),
  reply: z.object({ total: z.int(), upgrades: z.array(EstateUpgrade) }),
});
