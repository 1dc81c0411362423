import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { AppError, type Clock } from '#base/index.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import { type FactHandler, readFacts } from '#link/console/index.ts';
import type { Queries, Store, Transaction, Waits } from '#store/index.ts';
import { type ComplianceOrder, ComplianceStopFact, getStopRequests } from '../contract.ts';
import { containerStopped, hostOutdated } from './facts.ts';
import type { StoppedOnHost } from './run-tables.ts';
import { complianceSchema } from './schema.ts';
import { orderLife } from './stops.ts';

/** Orders of one kind that one reply holds. */
const most = 100;

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly waits: Waits<string>;
}

/** What the host of the asking agent is to do. It waits while the agent knows all of it. */
export function ordersRoute({ store, clock, waits }: Dependencies): Route {
  return route(getStopRequests, async ({ body: { known, wait }, principal, request }) => {
    const host = hostOf(principal);
    const patience = AbortSignal.any([request.signal, AbortSignal.timeout(wait * 1000)]);
    const newer = async () => {
      const orders = await readStopRequests(store, host, clock());
      return revisionOf(orders) === known ? undefined : orders;
    };
    const orders = (await waits.wait(host, newer, patience)) ?? (await readStopRequests(store, host, clock()));
    return { revision: revisionOf(orders), orders: [...orders] };
  });
}

function hostOf(principal: Principal | undefined): string {
  if (principal?.kind === 'agent') return principal.name;
  throw new AppError('not-allowed', 'Only an agent with its certificate may do this.');
}

function revisionOf(orders: readonly ComplianceOrder[]): string {
  return createHash('sha256').update(JSON.stringify(orders)).digest('hex');
}

/** Orders that nobody carried out and that are not too old. */
async function readStopRequests(queries: Queries, host: string, now: Date): Promise<readonly ComplianceOrder[]> {
  const since = new Date(now.getTime() - orderLife);
  const database = queries.query(complianceSchema);
  const stops = await database
    .selectFrom('stop_order')
    .select(['id', 'container'])
    .where('host', '=', host)
    .where('ordered_at', '>', since)
    .where('outcome', 'is', null)
    .orderBy('ordered_at')
    .orderBy('id')
    .limit(most)
    .execute();
  const looks = await database
    .selectFrom('suspect')
    .select(['container', 'seen_at'])
    .where('host', '=', host)
    .where('look_at', '>', since)
    .orderBy('look_at')
    .orderBy('container')
    .limit(most)
    .execute();
  return [
    ...stops.map(({ id, container }): ComplianceOrder => ({ id, act: 'stop', container })),
    ...looks.map(({ container, seen_at }): ComplianceOrder => {
      const id = createHash('sha256').update(`${container} ${seen_at.toISOString()}`).digest('hex');
      return { id, act: 'look', container };
    }),
  ];
}

/** Fact `compliance-stop`: what became of an order, once. An order of another host is nobody's. */
export const reportStop: FactHandler = async (transaction, { name: host }, facts) => {
  for (const { at, body } of readFacts(facts, ComplianceStopFact)) {
    const saved = await transaction
      .query(complianceSchema)
      .updateTable('stop_order')
      .set({ outcome: body.outcome, ended_at: at, reason: body.reason ?? null })
      .where('id', '=', body.order)
      .where('host', '=', host)
      .where('container', '=', body.container)
      .where(sql<boolean>`(outcome is null or outcome = 'unanswered')`)
      .returning('id')
      .execute();
    for (const { id } of saved) await transaction.announce(containerStopped, { host, order: id });
  }
};

/** Orders that no agent answered while they held. */
export async function endUnanswered(transaction: Transaction, now: Date): Promise<void> {
  const ended = await transaction
    .query(complianceSchema)
    .updateTable('stop_order')
    .set({ outcome: 'unanswered', ended_at: now })
    .where('outcome', 'is', null)
    // An agent that stopped it in the last moment needs some time to say so.
    .where('ordered_at', '<=', new Date(now.getTime() - 2 * orderLife))
    .returning(['host', 'id'])
    .execute();
  for (const { host, id } of ended) await transaction.announce(containerStopped, { host, order: id });
  await transaction.announceAll(
    hostOutdated,
    [...new Set(ended.map(({ host }) => host))].map((host) => ({ host })),
  );
}

/** A container that a rule had stopped, or was to. */
export interface StoppedContainer {
  readonly order: string;
  readonly container: string;
  readonly name: string;
  readonly rule: { readonly id: string; readonly version: number; readonly name: string };
  /** Ids of the checks that failed. */
  readonly failing: readonly string[];
  readonly evidenceAt: Date;
  readonly endedAt: Date;
  readonly outcome: ComplianceStopFact['outcome'] | 'unanswered';
  readonly reason?: string;
}

/** What became of orders of a host since a moment, the oldest first. */
export async function readStopped(queries: Queries, host: string, since: Date): Promise<readonly StoppedContainer[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('stop_order')
    .selectAll()
    .where('host', '=', host)
    .where('ended_at', '>=', since)
    .orderBy('ended_at')
    .orderBy('id')
    .execute();
  return rows.flatMap(({ id, outcome, ended_at, reason, ...row }) =>
    outcome === null || ended_at === null
      ? []
      : [
          {
            order: id,
            container: row.container,
            name: row.name,
            rule: { id: row.rule, version: row.rule_version, name: row.rule_name },
            failing: row.failing,
            evidenceAt: row.evidence_at,
            endedAt: ended_at,
            outcome,
            ...(reason !== null && { reason }),
          },
        ],
  );
}

/** A rule that would stop more on a host than it may; it stops nothing there until somebody confirms it again. */
export interface PulledBrake {
  readonly rule: string;
  readonly name: string;
  readonly since: Date;
  /** What it had stopped within the time that the brake looks back, host by host. */
  readonly stopped: readonly StoppedOnHost[];
  /** Containers of this host that it would stop. */
  readonly waiting: number;
}

/** Brakes that are on for this host. */
export async function readBrakes(queries: Queries, host: string): Promise<readonly PulledBrake[]> {
  const { rows } = await sql<PulledBrake>`
    select brake.rule, brake.rule_name as name, brake.since, brake.stopped,
      (select count(*)::integer from compliance.suspect
        where suspect.rule = brake.rule and suspect.host = brake.host and held = 'brake') as waiting
    from compliance.brake where host = ${host} order by brake.rule`.execute(queries.query(complianceSchema));
  return rows;
}
