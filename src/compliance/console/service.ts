import type { Clock } from '#base/index.ts';
import { type Route, route } from '#http/console/index.ts';
import { viewOf } from '#inventory/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { getCompliance, getDocument } from '../contract.ts';
import { evaluateFacts, evaluateOutdated } from './evaluate-facts.ts';
import { prune } from './prune.ts';
import { readCompliance, readDocumentOf } from './read-compliance.ts';
import { reportDocuments } from './report-documents.ts';

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** What the console runs of this domain. */
export interface ComplianceService {
  readonly routes: readonly Route[];
  /** After `factsAppeared`. */
  evaluate(appeared: readonly { readonly id: string }[]): Promise<void>;
  /** Now and then: after an upgrade or another list, all that is kept is evaluated again. */
  evaluateOutdated(): Promise<void>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
}

export function createCompliance(dependencies: Dependencies): ComplianceService {
  const { store } = dependencies;
  return {
    routes: [
      route(getCompliance, async ({ principal, params }) =>
        readCompliance(store, await viewOf(store, principal), params),
      ),
      route(getDocument, async ({ principal, params }) =>
        readDocumentOf(store, await viewOf(store, principal), params),
      ),
    ],
    evaluate: async (appeared) =>
      await evaluateFacts(
        dependencies,
        appeared.map(({ id }) => id),
      ),
    evaluateOutdated: async () => {
      while ((await evaluateOutdated(dependencies)) > 0);
    },
    prune: async (now) => await prune(store, now),
  };
}

/** What the link hands this domain, by kind of fact. */
export const complianceHandlers = {
  compliance: reportDocuments,
} as const satisfies Readonly<Record<string, FactHandler>>;
