import type { SubjectId } from '#base/index.ts';
import type { Route } from '#http/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import { rulesWithCollection } from '#rules/console/index.ts';
import { followHost, followRules, followSubjects, followTroubles } from './follow.ts';
import { openLedgerWaits } from './notify-hosts.ts';
import { ledgerRoute } from './ledger-route.ts';
import type { Dependencies } from './dependencies.ts';
import { moveSettings } from './move-settings.ts';
import { prune } from './prune.ts';
import { reportDecisions } from './report-decisions.ts';
import { decisionRoutes, ruleRoutes } from './routes.ts';
import { admissionRules } from './rules.ts';

/** What the console runs of this domain. */
export interface AdmissionService {
  readonly routes: readonly Route[];
  /** What the link serves to agents. */
  readonly agentRoutes: readonly Route[];
  /** After `verdictChanged` and `subjectPlaced`, many at once. */
  followSubjects(changed: readonly { readonly subject: SubjectId }[]): Promise<void>;
  /** After `hostChanged`. */
  followHost(changed: { readonly host: string }): Promise<void>;
  /** After `admissionRulesChanged`, `complianceRulesChanged`, `collectionsChanged` and `trustChanged`. */
  followRules(): Promise<void>;
  /** Tries ledgers again that could not be made. */
  publishDue(): Promise<void>;
  /** Rules that name a collection, in words. */
  usersOfCollection(collection: string): Promise<readonly string[]>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
  close(): Promise<void>;
}

/** Puts the default rule in force and serves agents and people. */
export async function createAdmission(dependencies: Dependencies): Promise<AdmissionService> {
  const { store, clock } = dependencies;
  await admissionRules.putLastInForce(store, clock());
  await moveSettings(dependencies);
  const waits = await openLedgerWaits(store);
  return {
    routes: [...decisionRoutes(dependencies), ...ruleRoutes(dependencies)],
    agentRoutes: [ledgerRoute({ ...dependencies, waits })],
    followSubjects: async (changed) =>
      await followSubjects(
        dependencies,
        changed.map(({ subject }) => subject),
      ),
    followHost: async ({ host }) => await followHost(dependencies, host),
    followRules: async () => await followRules(dependencies),
    publishDue: async () => await followTroubles(dependencies),
    usersOfCollection: async (collection) => await rulesWithCollection(admissionRules, store, collection),
    prune: async (now) => await prune(store, now),
    close: async () => await waits.close(),
  };
}

/** What the link hands this domain, by kind of fact. */
export const admissionHandlers = {
  decision: reportDecisions,
} as const satisfies Readonly<Record<string, FactHandler>>;
