import type { Clock, SubjectId } from '#base/index.ts';
import { type Route, route, type Stream } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import {
  getImage,
  getOverview,
  listFindings,
  listFlaws,
  listImages,
  listPackages,
  listUnscanned,
} from '../contract.ts';
import { systemSchedule } from './coalesce.ts';
import { readFindings } from './findings.ts';
import { readFlaws } from './flaws.ts';
import { readImage, readImages } from './images.ts';
import { liveEvents } from './live.ts';
import { readOverview } from './overview.ts';
import { readPackages } from './packages.ts';
import { refreshHost, refreshSubject, tellDatabaseChanged } from './refresh.ts';
import { readUnscanned } from './unscanned.ts';

/** What the console runs of this domain. The three functions are reactions: to be called after the facts they name. */
export interface ExplorerService {
  readonly routes: readonly Route[];
  readonly streams: readonly Stream[];
  /** After `catalogStored`, `findingsChanged`, `verdictChanged`. */
  refreshSubject(changed: { readonly subject: SubjectId }): Promise<void>;
  /** After `hostReported`. */
  refreshHost(changed: { readonly host: string }): Promise<void>;
  /** After `databaseChanged` and `databaseBuildReported`. */
  tellDatabaseChanged(): Promise<void>;
}

export function createExplorer({ store, clock }: { readonly store: Store; readonly clock: Clock }): ExplorerService {
  return {
    routes: [
      route(listImages, async (input) => await readImages(store, input)),
      route(getImage, async (input) => await readImage(store, input)),
      route(listPackages, async (input) => await readPackages(store, input)),
      route(listFlaws, async (input) => await readFlaws(store, input)),
      route(listFindings, async (input) => await readFindings(store, input)),
      route(listUnscanned, async (input) => await readUnscanned(store, input)),
      route(getOverview, async () => await readOverview(store, clock())),
    ],
    streams: [liveEvents(store, systemSchedule)],
    refreshSubject: async ({ subject }) => await refreshSubject(store, subject),
    refreshHost: async ({ host }) => await refreshHost(store, host),
    tellDatabaseChanged: async () => await tellDatabaseChanged(store),
  };
}
