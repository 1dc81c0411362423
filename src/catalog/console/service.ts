import { AppError, type SubjectId } from '#base/index.ts';
import { type Principal, type Route, route, taskRoute } from '#http/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import { listLackingDocuments, listDependentImages, listWantedScans, publishScan } from '../contract.ts';
import { chooseForPublisher, chooseForRelease, chooseForTokens } from './choose-again.ts';
import { chooseCounting } from './counting.ts';
import { prune } from './prune.ts';
import { packTask } from './pack-task.ts';
import { countPublication } from './publication-quota.ts';
import { type PublishOptions, storePacked } from './publish.ts';
import { publisherKey } from '../publisher-key.ts';
import type { Publisher } from './publisher.ts';
import { receiveSameScans, receiveScans } from './receive.ts';
import { dependentImages } from './dependent-images.ts';
import { lackingDocuments } from './same-scan.ts';
import { wantedScans } from './wanted.ts';

/** What the console runs of this domain. */
export interface CatalogService {
  readonly routes: readonly Route[];
  /** What the link serves to agents. */
  readonly agentRoutes: readonly Route[];
  /** Stores what agents scanned. */
  readonly receiveScans: FactHandler;
  readonly receiveSameScans: FactHandler;
  /** After `subjectPlaced` and `countingOutdated`: other scans may count now. */
  chooseCounting(placed: { readonly subject: SubjectId }): Promise<void>;
  /** After `provenanceChanged`: an image may come from another trusted registry, or from none. */
  noteOrigin(proven: { readonly subject: SubjectId }): Promise<void>;
  /** After `agentChanged`: it may be revoked. */
  noteAgent(changed: { readonly agent: string }): Promise<void>;
  /** After `tokenWorthChanged`. */
  noteToken(changed: { readonly token: string }): Promise<void>;
  /** After `trustChanged`. */
  noteTrust(): Promise<void>;
  /** At start: another release of the console may want other analyzers. */
  noteRelease(): Promise<void>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
}

export function createCatalog(options: PublishOptions): CatalogService {
  const { store, clock, originsOf } = options;
  const wanted = route(listWantedScans, async ({ body, principal }) => ({
    wanted: await wantedScans(store, body.subjects, { principal, analyzers: body.analyzers, now: clock() }),
  }));
  const lacking = route(listLackingDocuments, async ({ body, principal }) => ({
    lacking: await lackingDocuments(store, body.documents, principal),
  }));
  const choose = async ({ subject }: { readonly subject: SubjectId }): Promise<void> => {
    await store.transaction(async (transaction) => {
      await transaction.lock(subject);
      await chooseCounting(transaction, subject, originsOf);
    });
  };
  return {
    routes: [
      taskRoute(publishScan, packTask, async ({ body: packed, principal }) => {
        if (principal === undefined) throw new AppError('not-signed-in', 'A scan needs a publisher.');
        const publisher = publisherOf(principal);
        return await store.transaction(async (transaction) => {
          const { subject } = packed;
          await countPublication(transaction, { publisher: publisherKey(publisher), subject, now: clock() });
          return await storePacked(transaction, { packed, publisher }, options);
        });
      }),
      route(listDependentImages, async ({ params, query }) =>
        dependentImages(store, [params.id, ...(query.also?.split(',') ?? [])]),
      ),
      wanted,
      lacking,
    ],
    agentRoutes: [wanted, lacking],
    receiveScans: receiveScans(options),
    receiveSameScans: receiveSameScans(options),
    chooseCounting: choose,
    noteOrigin: choose,
    noteAgent: async ({ agent }) => await chooseForPublisher(store, { kind: 'agent', id: agent }),
    noteToken: async ({ token }) => await chooseForPublisher(store, { kind: 'token', id: token }),
    noteTrust: async () => await chooseForTokens(store),
    noteRelease: async () => await chooseForRelease(store),
    prune: async (now) => await prune(store, now, originsOf),
  };
}

/** What the link hands this domain, by kind of fact. */
export function catalogHandlers(service: Pick<CatalogService, 'receiveScans' | 'receiveSameScans'>): {
  readonly scan: FactHandler;
  readonly 'scan-same': FactHandler;
} {
  return { scan: service.receiveScans, 'scan-same': service.receiveSameScans };
}

function publisherOf({ kind, id, name, environment, repositories }: Principal): Publisher {
  return {
    kind,
    id,
    name,
    ...(environment === undefined ? {} : { environment }),
    ...(repositories === undefined ? {} : { repositories }),
  };
}
