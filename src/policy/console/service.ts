import { randomUUID } from 'node:crypto';
import type { Clock, SubjectId } from '#base/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { ChildPool, Principal, Route } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { type Asking, type BundleMaking, makeBundle } from './bundle/make.ts';
import type { AskedVerdict } from './bundle/read.ts';
import { bundleRoute } from './bundle/route.ts';
import { judgeAgain, judgeMissing } from './judge-again.ts';
import { judgeMatches } from './judge-matches.ts';
import { forgetScan, judgeScan, judgeSubject } from './judge-scan.ts';
import { exceptionRoutes, policyRoutes } from './routes.ts';
import { trustNamedFor } from './list-policies.ts';
import { putDefaultInForce, usersOfCollection, usersOfTrust } from './policy-list.ts';
import type { SignedBundle } from '../contract.ts';
import { productionPolicy } from '../settings.ts';
import { verdictRoute } from './verdict-route.ts';
import { openVerdictWaits } from './verdict-waits.ts';

export interface PolicyServiceOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Origin of the pages, without trailing slash. */
  readonly origin: () => string;
  /** Days that the feeds behind a verdict may be old, unless a person has edited the last policy. */
  readonly staleFeedDays: number;
  /** Child processes that read YAML and expressions, and replay; without them this process does, as tests do. */
  readonly children?: Pick<ChildPool, 'run'>;
  /** What bundles of verdicts are made with; missing: none are served. */
  readonly bundles?: Omit<BundleMaking, 'store' | 'clock' | 'children'>;
}

/** What the console runs of this domain. */
export interface PolicyService {
  readonly routes: readonly Route[];
  judgeScan(which: ScanOfSubject): Promise<void>;
  /** After `findingsChanged`, many at once. */
  judgeMatches(which: readonly ScanOfSubject[]): Promise<void>;
  /** After a subject came to lie elsewhere, or another scan speaks for it. */
  judgeSubject(which: { readonly subject: SubjectId }): Promise<void>;
  /** After a scan was deleted. */
  forgetScan(which: ScanOfSubject): Promise<void>;
  /** After a change of policies, exceptions, collections or the database, and now and then: verdicts age with the feeds. */
  renewVerdicts(): Promise<void>;
  /** Policies and exceptions that name a collection, in words. */
  usersOfCollection(collection: string): Promise<readonly string[]>;
  /** Policies that name a signing key or an approved base, in words. */
  usersOfTrust(kind: 'key' | 'base', id: string): Promise<readonly string[]>;
  /** Signing keys and approved bases that policies name which concern the caller. */
  trustNamedFor(principal: Principal | undefined): ReturnType<typeof trustNamedFor>;
  /** The signed bundle of the verdict that holds; missing: none are made. */
  readonly makeBundle?: (asked: AskedVerdict, asking: Asking) => Promise<SignedBundle>;
  close(): Promise<void>;
}

/** Puts the last policy in force, as the settings ask unless a person has edited it, and serves rules and verdicts. */
export async function createPolicy(options: PolicyServiceOptions): Promise<PolicyService> {
  const { store, clock, origin, children = inThisProcess, bundles } = options;
  await putDefaultInForce(store, productionPolicy(options.staleFeedDays), clock());
  const waits = await openVerdictWaits(store);
  const judging = { store, clock };
  const dependencies = { store, clock, newId: randomUUID, children };
  return {
    routes: [
      verdictRoute({ store, clock, waits, origin }),
      ...policyRoutes(dependencies),
      ...exceptionRoutes(dependencies),
      ...(bundles === undefined ? [] : [bundleRoute({ store, clock, children, ...bundles })]),
    ],
    judgeScan: async (which) => await judgeScan(which, judging),
    judgeMatches: async (which) => await judgeMatches(which, judging),
    judgeSubject: async ({ subject }) => await judgeSubject(subject, judging),
    forgetScan: async (which) => await forgetScan(which, judging),
    renewVerdicts: async () => {
      await judgeAgain(judging);
      await judgeMissing(store);
    },
    usersOfCollection: async (collection) => await usersOfCollection(store, collection, clock()),
    usersOfTrust: async (kind, id) => await usersOfTrust(store, kind, id),
    trustNamedFor: async (principal) => await trustNamedFor({ store, clock }, principal),
    ...(bundles !== undefined && {
      makeBundle: async (asked, asking) => await makeBundle({ store, clock, children, ...bundles }, asked, asking),
    }),
    close: async () => await waits.close(),
  };
}

/** Routes of policies for who reads the console's database on its own machine; nothing is put in force by making them. */
export function localPolicyRoutes({ store, clock }: Pick<PolicyServiceOptions, 'store' | 'clock'>): readonly Route[] {
  return policyRoutes({ store, clock, newId: randomUUID, children: inThisProcess });
}

const inThisProcess: Pick<ChildPool, 'run'> = {
  run: async (task, input, { signal }) => {
    signal?.throwIfAborted();
    return await task.run(input);
  },
};
