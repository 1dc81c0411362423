import { AppError, type SubjectId } from '#base/index.ts';
import { type Principal, type Route, route, taskRoute } from '#http/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import { listWantedScans, publishScan } from '../contract.ts';
import { prune } from './prune.ts';
import { packTask } from './pack-task.ts';
import { type PublishOptions, storeOne } from './publish.ts';
import { receiveScans } from './receive.ts';
import { chooseVoice } from './voice.ts';
import { wantedScans } from './wanted.ts';
import type { Witness } from './witness.ts';

/** What the console runs of this domain. */
export interface CatalogService {
  readonly routes: readonly Route[];
  /** What the link serves to agents. */
  readonly agentRoutes: readonly Route[];
  /** Stores what agents scanned. */
  readonly receiveScans: FactHandler;
  /** After `subjectPlaced`: another witness may be trusted now. */
  chooseVoice(placed: { readonly subject: SubjectId }): Promise<void>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
}

export function createCatalog(options: PublishOptions): CatalogService {
  const { store } = options;
  const wanted = route(listWantedScans, async ({ body, principal }) => ({
    wanted: await wantedScans(store, body.subjects, { principal, analyzers: body.analyzers }),
  }));
  return {
    routes: [
      taskRoute(publishScan, packTask, async ({ body: packed, principal }) => {
        if (principal === undefined) throw new AppError('not-signed-in', 'A scan needs a witness.');
        return await storeOne({ packed, witness: witnessOf(principal) }, options);
      }),
      wanted,
    ],
    agentRoutes: [wanted],
    receiveScans: receiveScans(options),
    chooseVoice: async ({ subject }) => {
      await store.transaction(async (transaction) => {
        await transaction.lock(subject);
        await chooseVoice(transaction, subject);
      });
    },
    prune: async (now) => await prune(store, now),
  };
}

/** What the link hands this domain, by kind of fact. */
export function catalogHandlers({ receiveScans: scan }: Pick<CatalogService, 'receiveScans'>): {
  readonly scan: FactHandler;
} {
  return { scan };
}

function witnessOf({ kind, id, name, environment, repositories }: Principal): Witness {
  return {
    kind,
    id,
    name,
    ...(environment === undefined ? {} : { environment }),
    ...(repositories === undefined ? {} : { repositories }),
  };
}
