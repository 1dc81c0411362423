import { AppError, type Clock } from '#base/index.ts';
import { readRetention } from '#access/console/index.ts';
import { type Route, route } from '#http/console/index.ts';
import { readVisibleHosts, viewOf } from '#inventory/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { listGates, listTrials } from '../contract.ts';
import { readGates } from './gates.ts';
import { readTrials } from './trials.ts';
import { reportTrials } from './report-trials.ts';
import { reportBreakGlass, reportGate, reportRogues } from './report-gates.ts';
import { gateSchema } from './schema.ts';

const day = 24 * 60 * 60_000;

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** What the console runs of this domain. */
export interface GateService {
  readonly routes: readonly Route[];
  /** Now and then. */
  prune(now: Date): Promise<void>;
}

export function createGate(dependencies: Dependencies): GateService {
  return { routes: gateRoutes(dependencies), prune: async (now) => await prune(dependencies.store, now) };
}

/** The state of each host's gate, as its agent told it last. */
function gateRoutes({ store, clock }: Dependencies): readonly Route[] {
  return [
    route(listGates, async ({ principal }) => ({
      gates: await readGates(store, { view: await viewOf(store, principal), now: clock() }),
    })),
    route(listTrials, async ({ principal, query: { host } }) => {
      const visible = await readVisibleHosts(store, await viewOf(store, principal));
      if (!visible.some(({ name }) => name === host)) throw new AppError('not-found', `There is no host ${host}.`);
      const found = (await readTrials(store, [host])).get(host);
      return found === undefined ? {} : { trials: found.statement, signed: found.signed };
    }),
  ];
}

/** What the link hands this domain, by kind of fact. */
export const gateHandlers = {
  gate: reportGate,
  rogues: reportRogues,
  trials: reportTrials,
  'break-glass': reportBreakGlass,
} as const satisfies Readonly<Record<string, FactHandler>>;

/** Deletes ended break-glass entries as old as containers that ended; the audit trail keeps them. */
async function prune(store: Store, now: Date): Promise<void> {
  const { containerDays } = await readRetention(store);
  await store
    .query(gateSchema)
    .deleteFrom('break_glass')
    .where('received_at', '<', new Date(now.getTime() - containerDays * day))
    .where('until', '<', now)
    .execute();
}
