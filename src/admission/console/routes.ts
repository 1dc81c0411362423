import { writerOf } from '#access/console/index.ts';
import { type Route, route } from '#http/console/index.ts';
import { viewOf } from '#inventory/console/index.ts';
import { callerNamed, deleteRule, openTurns, putInOrder, saveRule } from '#rules/console/index.ts';
import {
  deleteAdmissionRule,
  listAdmissionRules,
  listDecisions,
  orderAdmissionRules,
  putAdmissionRule,
  replayAdmissionRule,
  type Sums,
} from '../contract.ts';
import { visiblePlaces } from './decision-places.ts';
import { countDecisions, readDecisions, sumByHour } from './decisions.ts';
import { rulesFor } from './list-rules.ts';
import type { Dependencies } from './dependencies.ts';
import { replay } from './replay.ts';
import { admissionRules, writtenHere } from './rules.ts';

const day = 24 * 60 * 60_000;

/** What gates decided. */
export function decisionRoutes({ store, clock }: Pick<Dependencies, 'store' | 'clock'>): readonly Route[] {
  return [
    route(listDecisions, async ({ query, principal }) => {
      const places = await visiblePlaces(store, await viewOf(store, principal));
      const since = new Date(clock().getTime() - day);
      const hours = await sumByHour(store, { since, environment: query.environment, places });
      return {
        decisions: await readDecisions(store, query, places),
        ...(query.before === undefined ? { total: await countDecisions(store, query, places) } : {}),
        day: { ...totalOf(hours), hours },
      };
    }),
  ];
}

function totalOf(hours: readonly Sums[]): Sums {
  const sum = (of: keyof Sums): number => hours.reduce((total, hour) => total + hour[of], 0);
  return { allowed: sum('allowed'), alerted: sum('alerted'), denied: sum('denied') };
}

/** Admission rules: their order, texts and what they would make of what lies on hosts. */
export function ruleRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock } = dependencies;
  const rules = { store, clock, list: admissionRules };
  const replays = openTurns();
  return [
    route(listAdmissionRules, async ({ principal }) => ({
      rules: await rulesFor(store, { principal, now: clock() }),
    })),
    route(putAdmissionRule, async ({ params: { id }, body, ...context }) => ({
      rule: await saveRule(rules, { id, ...body, rule: writtenHere(body.rule) }, writerOf(context)),
    })),
    route(deleteAdmissionRule, async ({ params: { id }, ...context }) => {
      await deleteRule(rules, id, writerOf(context));
      return {};
    }),
    route(orderAdmissionRules, async ({ body: { order }, ...context }) => {
      await putInOrder(rules, order, writerOf(context));
      return {};
    }),
    route(
      replayAdmissionRule,
      async ({ body, principal, request: { signal } }) =>
        await replays.run({ caller: callerNamed(principal), signal }, async () => {
          const view = await viewOf(store, principal);
          return await replay(store, { ...body, rule: writtenHere(body.rule) }, { view, now: clock(), signal });
        }),
      { rateLimit: { requests: 60, seconds: 60 } },
    ),
  ];
}
