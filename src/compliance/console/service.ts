import { type Writer, writerOf } from '#access/console/index.ts';
import type { Clock, SubjectId } from '#base/index.ts';
import { type ChildPool, type HandlerContext, type Principal, type Route, route } from '#http/console/index.ts';
import { viewOf } from '#inventory/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import { callerNamed, deleteRule, putInOrder, rulesWithCollection, saveRule } from '#rules/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import {
  cancelCheckException,
  type ComplianceRule,
  decideCheckException,
  deleteComplianceRule,
  deleteCustomCheck,
  getCompliance,
  getComplianceSummary,
  getDocument,
  listCheckExceptions,
  listChecks,
  listComplianceRules,
  listCustomChecks,
  listFindingsByCheck,
  listOperatorLists,
  listScripts,
  listSubjectsOfCheck,
  listTransitions,
  orderComplianceRules,
  proposeOperatorList,
  putComplianceRule,
  putCustomCheck,
  putOperatorList,
  replayComplianceRule,
  requestCheckException,
  tryCustomCheck,
} from '../contract.ts';
import { type StartGate, startGates } from '../start-gates.ts';
import { checkReplay, confirmRule } from './confirm-rule.ts';
import { deleteCustom, listCustom, listScriptsOf, refuseUnknownCustom, saveCustom } from './custom-checks.ts';
import { cancelException, decideException, requestException } from './decide-exception.ts';
import { evaluateFacts, evaluateOutdated } from './evaluate-facts.ts';
import { type ExceptionRow, listExceptions, toException } from './exceptions.ts';
import { findingsByCheck } from './findings-by-check.ts';
import { followImage } from './follow-image.ts';
import { askedView } from './in-view.ts';
import { announceCarried } from './carried.ts';
import { judgeAll, judgeHost } from './judge-host.ts';
import { listedTemplates, readListedChecks } from './list-checks.ts';
import { listRules, replayRule } from './list-rules.ts';
import { openOrderWaits } from './notify-stop-requests.ts';
import { listLists, saveList } from './operator-lists.ts';
import { ordersRoute, reportStop } from './orders.ts';
import { proposeList } from './propose-list.ts';
import { prune } from './prune.ts';
import { readCompliance, readDocumentOf } from './read-compliance.ts';
import { reportDocuments } from './report-documents.ts';
import { reportLooked } from './report-looked.ts';
import { complianceRules } from './rules.ts';
import { tryCustom } from './try-custom.ts';
import { subjectsOfCheck } from './subjects-of-check.ts';
import { summaryOf } from './summary.ts';
import { noteVersions, readTransitions } from './transitions.ts';
import { watchTime } from './watch-time.ts';

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Gates that stand somewhere, by what their hosts and clusters told last; missing: each kind counts. */
  readonly installedGates?: (queries: Queries) => Promise<readonly StartGate[]>;
  /** Where long documents are judged; missing: in this process. */
  readonly children?: Pick<ChildPool, 'run'>;
}

/** What the console runs of this domain. */
export interface ComplianceService {
  readonly routes: readonly Route[];
  readonly agentRoutes: readonly Route[];
  /** After `factsAppeared`. */
  evaluate(appeared: readonly { readonly ids: readonly string[] }[]): Promise<void>;
  /** After scans of it came, count otherwise or went. */
  followImage(changed: { readonly subject: SubjectId }): Promise<void>;
  /** After something else is proven of where an image comes from: exceptions may be carried to it, or no more. */
  followOrigin(changed: { readonly subject: SubjectId }): Promise<void>;
  /** Now and then: after an upgrade or another list, all that is kept is evaluated again. */
  evaluateOutdated(): Promise<void>;
  /** After `complianceChanged` and `hostOutdated`: writes down what changed, raises alerts, orders stops. */
  judgeHost(changed: { readonly host: string }): Promise<void>;
  /** After a change of rules, exceptions, collections or of what is trusted. */
  judgeAll(): Promise<void>;
  /** Each minute: evidence ends, and exceptions run out. */
  watchTime(): Promise<void>;
  /** Rules that name a collection, in words. */
  usersOfCollection(collection: string): Promise<readonly string[]>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
  close(): Promise<void>;
}

/** Puts the rule that comes with the console in force at the first start. */
export async function createCompliance(dependencies: Dependencies): Promise<ComplianceService> {
  const { store, clock, children = inThisProcess } = dependencies;
  const evaluating = { store, clock, children };
  await complianceRules.putLastInForce(store, clock());
  await store.transaction(async (transaction) => await noteVersions(transaction, clock()));
  const waits = await openOrderWaits(store);
  return {
    routes: [subjectRoutes, ruleRoutes, customRoutes, exceptionRoutes, findingRoutes, listRoutes].flatMap((routes) =>
      routes(dependencies),
    ),
    agentRoutes: [ordersRoute({ ...dependencies, waits })],
    evaluate: async (appeared) =>
      await evaluateFacts(
        evaluating,
        appeared.flatMap(({ ids }) => ids),
      ),
    followImage: async ({ subject }) => await followImage(dependencies, subject),
    followOrigin: async ({ subject }) =>
      await store.transaction(async (transaction) => await announceCarried(transaction, { subject, now: clock() })),
    evaluateOutdated: async () => {
      while ((await evaluateOutdated(evaluating)) > 0);
    },
    judgeHost: async ({ host }) => await judgeHost(dependencies, host),
    judgeAll: async () => await store.transaction(judgeAll),
    watchTime: async () => await watchTime(dependencies),
    usersOfCollection: async (collection) => await rulesWithCollection(complianceRules, store, collection),
    prune: async (now) => await prune(store, now),
    close: async () => await waits.close(),
  };
}

const inThisProcess: Pick<ChildPool, 'run'> = { run: async (task, input) => await task.run(input) };

function subjectRoutes({ store, clock }: Dependencies): readonly Route[] {
  return [
    route(listChecks, async () => ({
      checks: await readListedChecks(store),
      templates: listedTemplates,
    })),
    route(getCompliance, async ({ principal, params }) =>
      readCompliance(store, { view: await viewOf(store, principal), now: clock() }, params),
    ),
    route(getDocument, async ({ principal, params }) => readDocumentOf(store, await viewOf(store, principal), params)),
    route(listTransitions, async ({ principal, params, query }) =>
      readTransitions(store, await viewOf(store, principal), { key: params, query }),
    ),
  ];
}

function ruleRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock, installedGates = async () => startGates } = dependencies;
  const rules = { store, clock, list: complianceRules };
  const seeing = async (principal: Principal | undefined) => ({ view: await viewOf(store, principal), now: clock() });
  return [
    route(
      listComplianceRules,
      async ({ principal }) => await listRules(store, { principal, now: clock() }, await installedGates(store)),
    ),
    route(putComplianceRule, async ({ params: { id }, body, ...context }) => ({
      rule: await putRule(dependencies, { id, ...body }, writerOf(context)),
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
      async ({ body, principal }) => {
        await refuseUnknownCustom(store, body.rule.lines);
        return (await replayRule(store, await seeing(principal), body)).reply;
      },
      { rateLimit: { requests: 60, seconds: 60 } },
    ),
  ];
}

type PutRule = HandlerInput<typeof putComplianceRule>['body'] & { readonly id: string };

/** With what its replay said, it is tried once more on everything: who saves it may see a part alone. */
async function putRule(
  dependencies: Dependencies,
  { id, rule, basedOn, replay }: PutRule,
  writer: Writer,
): Promise<ComplianceRule> {
  const { store, clock } = dependencies;
  await refuseUnknownCustom(store, rule.lines);
  const now = clock();
  const tried = replay && (await replayRule(store, { view: undefined, now }, { rule, id })).tried;
  if (replay !== undefined && tried !== undefined) checkReplay(store, replay, { rule: tried, now });
  const saved = await saveRule({ store, clock, list: complianceRules }, { id, rule, basedOn }, writer);
  if (tried !== undefined && saved.running === 'stop')
    await confirmRule(dependencies, { ...tried, rule: saved }, writer);
  return saved;
}

/** Exceptions of checks: asked for by one person, decided by another. */
function exceptionRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock } = dependencies;
  const reader = async (principal: Principal | undefined) => ({
    now: clock(),
    view: await viewOf(store, principal),
    principal,
  });
  const shown = async (row: ExceptionRow, principal: Principal | undefined) => ({
    exception: await toException(store, row, await reader(principal)),
  });
  return [
    route(listCheckExceptions, async ({ query, principal }) => listExceptions(store, query, await reader(principal))),
    route(requestCheckException, async ({ body, ...context }) =>
      shown(await requestException(dependencies, body, writerOf(context)), context.principal),
    ),
    route(decideCheckException, async ({ params: { id }, body, ...context }) =>
      shown(await decideException(dependencies, { id, ...body }, writerOf(context)), context.principal),
    ),
    route(cancelCheckException, async ({ params: { id }, ...context }) =>
      shown(await cancelException(dependencies, id, writerOf(context)), context.principal),
    ),
  ];
}

function customRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, children = inThisProcess } = dependencies;
  const readingFor = ({ principal, request }: HandlerContext) => ({
    children,
    caller: callerNamed(principal),
    signal: request.signal,
  });
  return [
    route(listCustomChecks, async () => await listCustom(store)),
    route(listScripts, async () => await listScriptsOf(store)),
    route(putCustomCheck, async ({ params: { id }, body, ...context }) => ({
      check: await saveCustom({ ...dependencies, reading: readingFor(context) }, { id, ...body }, writerOf(context)),
    })),
    route(deleteCustomCheck, async ({ params: { id }, ...context }) => {
      await deleteCustom(dependencies, id, writerOf(context));
      return {};
    }),
    route(
      tryCustomCheck,
      async ({ body: { check }, ...context }) =>
        await tryCustom(
          { ...dependencies, reading: readingFor(context) },
          { check, view: await viewOf(store, context.principal) },
        ),
      { rateLimit: { requests: 30, seconds: 60 } },
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
      async ({ principal, params: { check }, query: { environment, status, limit, afterHost = '', afterId = '' } }) => {
        const view = await askedView(store, principal, environment);
        return await subjectsOfCheck(store, {
          view,
          now: clock(),
          check,
          status,
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
  'compliance-looked': reportLooked,
  'compliance-stop': reportStop,
} as const satisfies Readonly<Record<string, FactHandler>>;
