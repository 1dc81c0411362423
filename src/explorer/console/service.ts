import type { Clock, SubjectId } from '#base/index.ts';
import { type Route, route, type Stream } from '#http/console/index.ts';
import { readHostsOfIncidents, readHostsOfModels } from '#runtime/console/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Store } from '#store/index.ts';
import {
  getApplication,
  getChanges,
  getHealth,
  getVulnerabilityTree,
  getImage,
  getOverview,
  getTrend,
  listApplications,
  listFindings,
  listVulnerabilities,
  listExecutables,
  listImages,
  listPackages,
  listUnscanned,
  listUpgrades,
} from '../contract.ts';
import type { PackageDependencies } from './evidence/package/package-dependencies.ts';
import { packageRoutes } from './evidence/package/package-routes.ts';
import { importedRoutes } from './evidence/imported/imported-routes.ts';
import { attestationRoutes, evidenceRoutes } from './evidence/routes.ts';
import { type ChangedPlaces, noteChanged, noteSubjects } from './evidence/due-places.ts';
import { ownTemplateRoutes } from './evidence/own-template-routes.ts';
import { refreshEvidence, watchEvidence } from './evidence/refresh-evidence.ts';
import { readApplication } from './application-detail.ts';
import { readApplications } from './applications.ts';
import { readChanges } from './changes.ts';
import { systemSchedule } from './coalesce.ts';
import { estateSources } from './estate-sources.ts';
import { readFindings } from './findings.ts';
import { readVulnerabilityTree } from './vulnerability-tree.ts';
import { readVulnerabilities } from './vulnerabilities.ts';
import { readHealth, type RunningConsole } from './health.ts';
import { readImage } from './image-detail.ts';
import { readImages } from './images.ts';
import { followMatches } from './follow-matches.ts';
import { followVerdicts } from './follow-verdicts.ts';
import { liveEvents } from './live.ts';
import { readOverview } from './overview.ts';
import { readExecutables } from './executables.ts';
import { readPackages } from './packages.ts';
import { refreshAll, refreshCollections } from './refresh-all.ts';
import { refreshHost, type RefreshContext, refreshSubject } from './refresh.ts';
import { shareRuns } from './shared-runs.ts';
import type { EstateSources } from './sources.ts';
import { sumAndReport } from './sum-and-report.ts';
import { readTrend, recordTrend } from './trend.ts';
import { countUnscanned, readUnscanned } from './unscanned.ts';
import { readUpgrades } from './upgrades.ts';

interface OfSubject {
  readonly subject: SubjectId;
}

/** What the console runs of this domain. Most functions are reactions: to be called after the facts they name. */
export interface ExplorerService {
  readonly routes: readonly Route[];
  readonly streams: readonly Stream[];
  /** After `findingsChanged`, for many at once: looks only at what the matching found otherwise, where that is all. */
  refreshFindings(changed: readonly ScanOfSubject[]): Promise<void>;
  /** After `catalogStored`, `countingScansChanged`, `publishersDiffer`. */
  refreshSubject(changed: OfSubject): Promise<void>;
  /** After `verdictChanged`, for many at once: all else is as before. */
  refreshVerdicts(changed: readonly OfSubject[]): Promise<void>;
  /** After `subjectPlaced`: what is in the image is as before. */
  refreshPlacements(changed: OfSubject): Promise<void>;
  /** After `hostChanged`. */
  refreshHost(changed: { readonly host: string }): Promise<void>;
  /** After `collectionsChanged`. */
  refreshCollections(): Promise<void>;
  /** Once at start: brings back what an update dropped. */
  refreshAll(): Promise<void>;
  /** Notes that something of these hosts (`-`: of images) changed that controls ask about: it is looked at within the minute. */
  noteEvidence(changed: ChangedPlaces): Promise<void>;
  /** Notes the same of subjects: images, and file systems of hosts. */
  noteSubjects(changed: readonly OfSubject[]): Promise<void>;
  /** Notes that these models, or incidents, changed. */
  noteModels(changed: readonly { readonly model: string }[]): Promise<void>;
  noteIncidents(changed: readonly { readonly incident: number }[]): Promise<void>;
  /** Looks at all evidence, whatever was looked at before. */
  refreshEvidence(): Promise<void>;
  /** Each minute: what time alone changes, what was noted, and the record of the day. */
  watchEvidence(): Promise<void>;
  /** Every hour. */
  recordTrend(now: Date): Promise<void>;
}

interface ExplorerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The other domains; those of this console unless given. */
  readonly sources?: EstateSources;
  /** Version of the console that serves this; missing: not known. */
  readonly version?: string;
  /** What packages of evidence need; missing: none are made. */
  readonly packages?: Pick<PackageDependencies, 'children' | 'seal' | 'makeBundle'>;
}

export function createExplorer(options: ExplorerOptions): ExplorerService {
  const { store, clock, sources = estateSources, version = 'unknown' } = options;
  const running = { version, startedAt: clock().toISOString() };
  const context: RefreshContext = { store, clock, sources };
  const share = shareRuns<void>();
  const refresh = async ({ subject }: OfSubject, what: 'everything' | 'placements'): Promise<void> =>
    await share(`${what} ${subject}`, async () => await refreshSubject(context, subject, what));
  return {
    routes: [
      ...[
        ...imageRoutes(context),
        ...estateRoutes(context),
        ...evidenceRoutes(context),
        healthRoute(context, running),
      ].map(sharingReads()),
      ...attestationRoutes(context),
      ...importedRoutes(context),
      ...(options.packages === undefined ? [] : childRoutes({ ...context, ...options.packages, version })),
    ],
    streams: [liveEvents(store, systemSchedule)],
    refreshFindings: async (changed) => {
      const followed = await followMatches(context, changed);
      await sumAndReport(
        store,
        [...followed].map((subject) => ({ kind: 'image-changed', subject })),
      );
      for (const one of changed) if (!followed.has(one.subject)) await refresh(one, 'everything');
    },
    refreshSubject: async (changed) => await refresh(changed, 'everything'),
    refreshVerdicts: async (changed) => {
      for (const subject of await followVerdicts(context, changed)) await refresh({ subject }, 'everything');
    },
    refreshPlacements: async (changed) => await refresh(changed, 'placements'),
    refreshHost: async ({ host }) => await refreshHost(context, host),
    refreshCollections: async () => await refreshCollections(context),
    refreshAll: async () => await refreshAll(context),
    ...evidenceWork(context),
    recordTrend: async (now) => await recordTrend(context, now),
  };
}

type EvidenceWork = Pick<
  ExplorerService,
  'noteEvidence' | 'noteSubjects' | 'noteModels' | 'noteIncidents' | 'refreshEvidence' | 'watchEvidence'
>;

/** What reads and packs in child processes. */
function childRoutes(dependencies: PackageDependencies): readonly Route[] {
  return [...packageRoutes(dependencies), ...ownTemplateRoutes(dependencies)];
}

/** What keeps evidence of controls current. */
function evidenceWork(context: RefreshContext): EvidenceWork {
  const { store, clock } = context;
  const written = { day: '' };
  return {
    noteEvidence: async (changed) => await noteChanged(store, clock(), changed),
    noteModels: async (changed) =>
      await noteChanged(
        store,
        clock(),
        await readHostsOfModels(
          store,
          changed.map(({ model }) => model),
        ),
      ),
    noteIncidents: async (changed) =>
      await noteChanged(
        store,
        clock(),
        await readHostsOfIncidents(
          store,
          changed.map(({ incident }) => incident),
        ),
      ),
    noteSubjects: async (changed) => await noteSubjects(store, clock(), changed),
    refreshEvidence: async () => await refreshEvidence(context),
    watchEvidence: async () => await watchEvidence(context, written),
  };
}

/**
 * Readers that ask the same while it is read share the reading that follows: at each event the open pages of everybody ask
 * again for the same lists.
 */
function sharingReads(): (one: Route) => Route {
  const share = shareRuns<unknown>();
  return (one) => ({
    ...one,
    handle: async (input) => {
      const key = JSON.stringify([one.endpoint.path, input.params, input.query, input.principal?.collections]);
      return await share(key, async () => await one.handle(input));
    },
  });
}

function imageRoutes({ store, sources }: RefreshContext): readonly Route[] {
  return [
    route(listImages, async (input) => await readImages(store, input)),
    route(getImage, async ({ params, principal }) =>
      readImage({ queries: store, sources, viewer: principal }, params.subject),
    ),
    route(getChanges, async (input) => await readChanges(store, input)),
    route(listPackages, async (input) => await readPackages({ store, sources }, input)),
    route(listExecutables, async (input) => await readExecutables(store, input)),
    route(listUnscanned, async (input) => ({
      ...(await readUnscanned(store, input)),
      hosts: await countUnscanned(store, input),
    })),
  ];
}

function healthRoute({ store, clock }: RefreshContext, running: RunningConsole): Route {
  return route(getHealth, async ({ principal }) => await readHealth({ store, clock, running }, principal));
}

function estateRoutes({ store, clock }: RefreshContext): readonly Route[] {
  return [
    route(listVulnerabilities, async (input) => await readVulnerabilities(store, input)),
    route(listFindings, async (input) => await readFindings(store, input)),
    route(getVulnerabilityTree, async (input) => await readVulnerabilityTree(store, input)),
    route(listUpgrades, async (input) => await readUpgrades(store, input)),
    route(listApplications, async (input) => await readApplications(store, input)),
    route(getApplication, async ({ params, principal }) => await readApplication(store, params.name, principal)),
    route(getOverview, async (input) => await readOverview(store, { ...input, now: clock() })),
    route(getTrend, async (input) => await readTrend(store, { ...input, now: clock() })),
  ];
}
