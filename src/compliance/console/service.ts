import { writerOf } from '#access/console/index.ts';
import type { Clock, SubjectId } from '#base/index.ts';
import { type Route, route } from '#http/console/index.ts';
import { viewOf } from '#inventory/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import { deleteRule, putInOrder, rulesWithCollection, saveRule } from '#rules/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import {
  deleteComplianceRule,
  getCompliance,
  getComplianceSummary,
  getDocument,
  listChecks,
  listComplianceRules,
  listFindingsByCheck,
  listOperatorLists,
  listSubjectsOfCheck,
  orderComplianceRules,
  proposeOperatorList,
  putComplianceRule,
  putOperatorList,
  replayComplianceRule,
} from '../contract.ts';
import { type StartGate, startGates } from '../start-gates.ts';
import { evaluateFacts, evaluateOutdated } from './evaluate-facts.ts';
import { followImage } from './follow-image.ts';
import { listedChecks, listedTemplates } from './list-checks.ts';
import { findingsByCheck } from './findings-by-check.ts';
import { askedView } from './in-view.ts';
import { listRules, replayRule } from './list-rules.ts';
import { listLists, saveList } from './operator-lists.ts';
import { proposeList } from './propose-list.ts';
import { prune } from './prune.ts';
import { readCompliance, readDocumentOf } from './read-compliance.ts';
import { reportDocuments } from './report-documents.ts';
import { complianceRules } from './rules.ts';
import { subjectsOfCheck } from './subjects-of-check.ts';
import { summaryOf } from './summary.ts';

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Gates that stand somewhere, by what their hosts and clusters told last; missing: each kind counts. */
  readonly installedGates?: (queries: Queries) => Promise<readonly StartGate[]>;
}

/** What the console runs of this domain. */
export interface ComplianceService {
  readonly routes: readonly Route[];
  /** After `factsAppeared`. */
  evaluate(appeared: readonly { readonly id: string }[]): Promise<void>;
  /** After scans of it came, count otherwise or went. */
  followImage(changed: { readonly subject: SubjectId }): Promise<void>;
  /** Now and then: after an upgrade or another list, all that is kept is evaluated again. */
  evaluateOutdated(): Promise<void>;
  /** Rules that name a collection, in words. */
  usersOfCollection(collection: string): Promise<readonly string[]>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
}

/** Puts the rule that comes with the console in force at the first start. */
export async function createCompliance(dependencies: Dependencies): Promise<ComplianceService> {
  const { store, clock } = dependencies;
  await complianceRules.putLastInForce(store, clock());
  return {
    routes: [
      ...ruleRoutes(dependencies),
      ...findingRoutes(dependencies),
      ...listRoutes(dependencies),
      route(listChecks, async () => ({ checks: listedChecks, templates: listedTemplates })),
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
    followImage: async ({ subject }) => await followImage(dependencies, subject),
    evaluateOutdated: async () => {
      while ((await evaluateOutdated(dependencies)) > 0);
    },
    usersOfCollection: async (collection) => await rulesWithCollection(complianceRules, store, collection),
    prune: async (now) => await prune(store, now),
  };
}

function ruleRoutes({ store, clock, installedGates = async () => startGates }: Dependencies): readonly Route[] {
  const rules = { store, clock, list: complianceRules };
  return [
    route(
      listComplianceRules,
      async ({ principal }) => await listRules(store, await viewOf(store, principal), await installedGates(store)),
    ),
    route(putComplianceRule, async ({ params: { id }, body, ...context }) => ({
      rule: await saveRule(rules, { id, ...body }, writerOf(context)),
    })),
    route(deleteComplianceRule, async ({ params: { id }, ...context }) => {
      await deleteRule(rules, id, writerOf(context));
      return {};
    }),
    route(orderComplianceRules, async ({ body: { order }, ...context }) => {
      await putInOrder(rules, order, writerOf(context));
      return {};
    }),
    route(
      replayComplianceRule,
      async ({ body, principal }) => await replayRule(store, await viewOf(store, principal), body),
      {
        rateLimit: { requests: 60, seconds: 60 },
      },
    ),
  ];
}

function findingRoutes({ store, clock }: Dependencies): readonly Route[] {
  return [
    route(listFindingsByCheck, async ({ principal, query: { environment } }) =>
      findingsByCheck(store, { view: await askedView(store, principal, environment), now: clock() }),
    ),
    route(
      listSubjectsOfCheck,
      async ({
        principal,
        params: { check },
        query: { environment, standing, limit, afterHost = '', afterId = '' },
      }) => {
        const view = await askedView(store, principal, environment);
        return await subjectsOfCheck(store, {
          view,
          now: clock(),
          check,
          standing,
          limit,
          after: { afterHost, afterId },
        });
      },
    ),
    route(getComplianceSummary, async ({ principal, query: { environment } }) =>
      summaryOf(store, { view: await askedView(store, principal, environment), now: clock() }),
    ),
  ];
}

function listRoutes({ store, clock }: Dependencies): readonly Route[] {
  return [
    route(listOperatorLists, async () => listLists(store)),
    route(putOperatorList, async ({ params: { id }, body, ...context }) => ({
      version: await saveList({ store, clock }, { id, ...body }, writerOf(context)),
    })),
    route(
      proposeOperatorList,
      async ({ principal, params: { id } }) => proposeList(store, { view: await viewOf(store, principal), clock, id }),
      { rateLimit: { requests: 60, seconds: 60 } },
    ),
  ];
}

/** What the link hands this domain, by kind of fact. */
export const complianceHandlers = {
  compliance: reportDocuments,
} as const satisfies Readonly<Record<string, FactHandler>>;
