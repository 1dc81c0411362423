import { writerOf } from '#access/console/index.ts';
import { type Route, route } from '#http/console/index.ts';
import { viewOf } from '#inventory/console/index.ts';
import { callerNamed, deleteRule, openTurns, putInOrder, saveRule } from '#rules/console/index.ts';
import {
  askCode,
  changeModel,
  countIncidentDays,
  decideIncident,
  decideEntry,
  decideReview,
  deleteRuntimeRule,
  getBehaviourDiff,
  getCode,
  getIncident,
  getModel,
  getProtection,
  getReviewQueue,
  getStops,
  listAlerts,
  listIncidents,
  listModels,
  listRuntimeRules,
  listSensors,
  orderRuntimeRules,
  previewReview,
  putRuntimeRule,
  replayRuntimeRule,
} from '../contract.ts';
import { readAlerts } from './alerts.ts';
import { readBehaviourDiff } from './behaviour-diff.ts';
import { change } from './change-model.ts';
import { decideOn } from './decide-incident.ts';
import { decide } from './decide-entry.ts';
import { decideEntries, previewDecision } from './decide-entries.ts';
import { readIncident } from './incident-detail.ts';
import { readIncidentDays } from './incident-days.ts';
import { listSeen } from './incidents.ts';
import { rulesFor } from './list-rules.ts';
import { readSensors } from './list-sensors.ts';
import { readDetail, visibleSummary } from './model-detail.ts';
import { listSummaries } from './model-summaries.ts';
import type { Dependencies } from './dependencies.ts';
import { readProtection } from './read-protection.ts';
import { replay } from './replay.ts';
import { readReviewQueue } from './review-queue.ts';
import { readStops } from './stops.ts';
import { ask, readCode } from './running-code.ts';
import { runtimeRules } from './rules.ts';

/** Models, and what people decide about them. */
export function modelRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock } = dependencies;
  return [
    route(listModels, async ({ query, principal }) => listSummaries(store, query, await viewOf(store, principal))),
    route(getModel, async ({ params: { id }, principal }) =>
      readDetail(store, id, { view: await viewOf(store, principal), now: clock() }),
    ),
    route(getBehaviourDiff, async ({ params: { id }, principal }) => {
      await visibleSummary(store, id, await viewOf(store, principal));
      return await readBehaviourDiff(store, id);
    }),
    route(decideEntry, async ({ params: { id: model }, body, ...context }) => {
      await visibleSummary(store, model, await viewOf(store, context.principal));
      return { entry: await decide(dependencies, { ...body, model }, writerOf(context)) };
    }),
    route(getReviewQueue, async ({ params: { id }, query: { by }, principal }) => {
      await visibleSummary(store, id, await viewOf(store, principal));
      return await readReviewQueue(store, id, by);
    }),
    route(getStops, async ({ params: { id }, query, principal, request: { signal } }) => {
      const view = await viewOf(store, principal);
      await visibleSummary(store, id, view);
      return await readStops(store, { ...query, id }, { ...dependencies, view, signal });
    }),
    route(previewReview, async ({ params: { id: model }, body, principal }) => {
      await visibleSummary(store, model, await viewOf(store, principal));
      return await previewDecision(store, { ...body, model });
    }),
    route(decideReview, async ({ params: { id: model }, body, ...context }) => {
      await visibleSummary(store, model, await viewOf(store, context.principal));
      return await decideEntries(dependencies, { ...body, model }, writerOf(context));
    }),
    route(changeModel, async ({ params: { id: model }, body, ...context }) => {
      const view = await viewOf(store, context.principal);
      await visibleSummary(store, model, view);
      await change(dependencies, { ...body, model }, writerOf(context).author);
      return { summary: await visibleSummary(store, model, view) };
    }),
  ];
}

/** Incidents and the detections behind them. */
export function incidentRoutes(dependencies: Dependencies): readonly Route[] {
  const { store } = dependencies;
  return [
    route(listIncidents, async ({ query, principal }) => listSeen(store, query, await viewOf(store, principal))),
    route(countIncidentDays, async ({ query, principal }) =>
      readIncidentDays(store, query, await viewOf(store, principal)),
    ),
    route(getIncident, async ({ params: { id }, principal }) =>
      readIncident(store, id, await viewOf(store, principal)),
    ),
    route(decideIncident, async ({ params: { id }, body, ...context }) => {
      const view = await viewOf(store, context.principal);
      return { incident: await decideOn(dependencies, { ...body, id }, { ...writerOf(context), view }) };
    }),
    route(listAlerts, async ({ query, principal }) => ({
      alerts: await readAlerts(store, query, await viewOf(store, principal)),
    })),
  ];
}

/** What protects the hosts. */
export function sensorRoutes({ store }: Dependencies): readonly Route[] {
  return [
    route(listSensors, async ({ principal }) => ({
      sensors: await readSensors(store, await viewOf(store, principal)),
    })),
    route(getProtection, async ({ query, principal }) => readProtection(store, query, await viewOf(store, principal))),
  ];
}

/** What code runs in containers. */
export function codeRoutes(dependencies: Dependencies): readonly Route[] {
  const { store } = dependencies;
  return [
    route(askCode, async ({ params: { name }, principal }) => ask(dependencies, name, await viewOf(store, principal)), {
      rateLimit: { requests: 60, seconds: 60 },
    }),
    route(getCode, async ({ params: { name }, principal }) =>
      readCode(dependencies, name, await viewOf(store, principal)),
    ),
  ];
}

/** Runtime rules: their order, texts and what they would have done. */
export function ruleRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock } = dependencies;
  const rules = { store, clock, list: runtimeRules };
  const replays = openTurns();
  return [
    route(listRuntimeRules, async ({ principal }) => ({
      rules: await rulesFor(store, { principal, now: clock() }),
    })),
    route(putRuntimeRule, async ({ params: { id }, body, ...context }) => ({
      rule: await saveRule(rules, { id, ...body }, writerOf(context)),
    })),
    route(deleteRuntimeRule, async ({ params: { id }, ...context }) => {
      await deleteRule(rules, id, writerOf(context));
      return {};
    }),
    route(orderRuntimeRules, async ({ body: { order }, ...context }) => {
      await putInOrder(rules, order, writerOf(context));
      return {};
    }),
    route(
      replayRuntimeRule,
      async ({ body, principal, request: { signal } }) =>
        await replays.run({ caller: callerNamed(principal), signal }, async () => {
          const view = await viewOf(store, principal);
          return await replay(store, body, { ...dependencies, view, signal });
        }),
      { rateLimit: { requests: 60, seconds: 60 } },
    ),
  ];
}
