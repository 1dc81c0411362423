import { writerOf } from '#access/console/index.ts';
import { type HandlerContext, type Route, type RunOptions, route } from '#http/console/index.ts';
import {
  decideException,
  deletePolicy,
  exportExceptions,
  listExceptions,
  listPolicies,
  listPolicyVersions,
  orderPolicies,
  policyFromYaml,
  policyToYaml,
  previewException,
  putPolicy,
  replayPolicy,
  requestException,
  cancelException,
} from '../contract.ts';
import { callerNamed, deleteRule, openTurns, putInOrder, saveRule } from '#rules/console/index.ts';
import * as exceptions from './decide-exception.ts';
import { reachOf } from './exception-reach.ts';
import { exceptionsFor, withReachOfOne } from './list-exceptions.ts';
import { policiesFor, versionsFor } from './list-policies.ts';
import type { Dependencies } from './dependencies.ts';
import { exportedExceptions } from './openvex.ts';
import { checkText, policyList } from './policy-list.ts';
import { replay } from './replay.ts';
import { readRulebook } from './rulebook.ts';
import { readPolicyTask, writePolicyTask } from './tasks.ts';

/** Policies: their order, texts, versions and what they would have done. */
export function policyRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock, children } = dependencies;
  const replays = openTurns();
  const rules = { store, clock, list: policyList };
  return [
    route(listPolicies, async ({ principal }) => ({ policies: await policiesFor(dependencies, principal) })),
    route(putPolicy, async ({ params: { id }, body: { policy: rule, basedOn }, ...context }) => {
      await checkText(id, rule, { children, ...runFor(context) });
      return { policy: await saveRule(rules, { id, rule, basedOn }, writerOf(context)) };
    }),
    route(deletePolicy, async ({ params: { id }, ...context }) => {
      await deleteRule(rules, id, writerOf(context));
      return {};
    }),
    route(orderPolicies, async ({ body: { order }, ...context }) => {
      await putInOrder(rules, order, writerOf(context));
      return {};
    }),
    route(listPolicyVersions, async ({ params: { id }, principal }) => ({
      versions: [...(await versionsFor(dependencies, id, principal))],
    })),
    route(policyToYaml, async ({ body: { policy }, ...context }) => ({
      yaml: await children.run(writePolicyTask, policy, runFor(context)),
    })),
    route(
      policyFromYaml,
      async ({ body: { yaml }, ...context }) => await children.run(readPolicyTask, yaml, runFor(context)),
    ),
    route(
      replayPolicy,
      async ({ params: { id }, body: { policy, days }, ...context }) => {
        const asked = { children, ...runFor(context) };
        return await replays.run(asked, async () => {
          await checkText(id, policy, asked);
          const now = clock();
          const version = (await policyList.inForce(store)).find((one) => one.id === id)?.version ?? 0;
          const edited = { ...policy, id, version: version + 1 };
          const rulebook = await readRulebook(store, now);
          const { principal } = context;
          return await replay(store, { rulebook, policy: edited, days, now, principal, ...asked });
        });
      },
      { rateLimit: { requests: 60, seconds: 60 } },
    ),
  ];
}

function runFor({ principal, request }: HandlerContext): RunOptions & Pick<HandlerContext['request'], 'signal'> {
  return { caller: callerNamed(principal), signal: request.signal };
}

/** Exceptions: asked for by one person, decided by another. */
export function exceptionRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(listExceptions, async ({ query, principal }) => await exceptionsFor(dependencies, query, principal)),
    route(exportExceptions, async ({ query: { collection }, principal }) =>
      exportedExceptions(dependencies, collection, principal),
    ),
    route(requestException, async ({ body, ...context }) => {
      const requested = await exceptions.requestException(dependencies, body, writerOf(context));
      return { exception: await withReachOfOne(dependencies, requested, context.principal) };
    }),
    route(
      previewException,
      async ({ body, principal }) => ({ images: (await reachOf(dependencies, [body], principal))[0] ?? 0 }),
      { rateLimit: { requests: 60, seconds: 60 } },
    ),
    route(decideException, async ({ params: { id }, body, ...context }) => {
      const decided = await exceptions.decideException(dependencies, { id, ...body }, writerOf(context));
      return { exception: await withReachOfOne(dependencies, decided, context.principal) };
    }),
    route(cancelException, async ({ params: { id }, ...context }) => {
      const cancelled = await exceptions.cancelException(dependencies, id, writerOf(context));
      return { exception: await withReachOfOne(dependencies, cancelled, context.principal) };
    }),
  ];
}
