import type { Clock } from '#base/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Route } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { judgeScan, renewVerdicts } from './judge-scan.ts';
import { putInForce } from './policies.ts';
import { productionPolicy } from './settings.ts';
import { verdictRoute } from './verdict-route.ts';
import { openVerdictWaits } from './verdict-waits.ts';

export interface PolicyServiceOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Origin of the pages, without trailing slash. */
  readonly origin: () => string;
  /** Days that the feeds behind a verdict may be old. */
  readonly staleFeedDays: number;
}

/** What the console runs of this domain. */
export interface PolicyService {
  readonly routes: readonly Route[];
  judgeScan(which: ScanOfSubject): Promise<void>;
  /** After a change of the policy, and now and then: verdicts age with the feeds. */
  renewVerdicts(): Promise<void>;
  close(): Promise<void>;
}

/** Puts the production policy in force, with the limit for old feeds as set, and serves its verdicts. */
export async function createPolicy(options: PolicyServiceOptions): Promise<PolicyService> {
  const { store, clock, origin } = options;
  const policy = productionPolicy(options.staleFeedDays);
  await putInForce(store, policy, clock());
  const waits = await openVerdictWaits(store);
  const judging = { store, clock, policy: policy.id };
  return {
    routes: [verdictRoute({ store, clock, waits, origin })],
    judgeScan: async (which) => await judgeScan(which, judging),
    renewVerdicts: async () => await renewVerdicts(judging),
    close: async () => await waits.close(),
  };
}
