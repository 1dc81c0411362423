import { type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { readVisibleHosts, type View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { GateFact, listGates } from '../contract.ts';
import { isAnyClusterConnected, readTroubles } from '#admission/console/index.ts';
import { type StartGate, startGates } from '#compliance/index.ts';
import { gateSchema } from './schema.ts';
import { readTrials, summaryOf } from './trials.ts';
import { seenBreakGlass, seenRogues } from './seen-on-host.ts';

type Gates = Immutable<ReplyOf<typeof listGates>>['gates'];

/** What root let start is shown so long after its time is over. */
const shownAfterEnd = 7 * 24 * 60 * 60_000;

/** Gates of each host that the caller may see, by its name; hosts that told nothing of them are among them. */
export async function readGates(
  queries: Queries,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<Gates> {
  const database = queries.query(gateSchema);
  const gates = new Map((await database.selectFrom('gate').selectAll().execute()).map((row) => [row.host, row]));
  const rogues = new Map((await database.selectFrom('rogue').selectAll().execute()).map((row) => [row.host, row]));
  const entries = await database
    .selectFrom('break_glass')
    .select(['host', 'fact'])
    .where('until', '>', new Date(now.getTime() - shownAfterEnd))
    .orderBy('until', 'desc')
    .execute();
  const troubles = await readTroubles(queries);
  const trials = await readTrials(queries);
  const glass = Map.groupBy(entries, ({ host }) => host);
  const listed: Gates[number][] = [];
  for (const { name: host, environment, stale } of await readVisibleHosts(queries, view)) {
    const gate = gates.get(host);
    const tried = trials.get(host);
    const ledgerTrouble = troubles.get(host);
    const place = { host, ...(environment === undefined ? {} : { environment }) };
    const opened = (glass.get(host) ?? []).map(({ fact }) => fact);
    listed.push({
      ...place,
      stale,
      ...(gate === undefined ? {} : { gate: gate.fact, reportedAt: gate.told_at.toISOString() }),
      ...(tried === undefined ? {} : { trials: summaryOf(tried.statement) }),
      ...(ledgerTrouble === undefined ? {} : { ledgerTrouble }),
      rogues: await seenRogues(queries, { place, view }, rogues.get(host)?.rogues ?? []),
      breakGlass: await seenBreakGlass(queries, { place, view }, opened),
    });
  }
  return listed;
}

/** Gates that stand somewhere, the earliest first. */
export async function readInstalledGates(queries: Queries): Promise<readonly StartGate[]> {
  const rows = await queries.query(gateSchema).selectFrom('gate').select('fact').execute();
  const isThere: Readonly<Record<StartGate, boolean>> = {
    'docker-authorization': rows.some(({ fact }) => fact.authorization === 'on'),
    'kubernetes-webhook': await isAnyClusterConnected(queries),
    'runtime-wrapper': rows.some(({ fact }) => fact.wrapper === 'installed' || fact.wrapper === 'partial'),
  };
  return startGates.filter((gate) => isThere[gate]);
}

/** What a host told of its gates last. */
export async function readGate(queries: Queries, host: string): Promise<GateFact | undefined> {
  const row = await queries
    .query(gateSchema)
    .selectFrom('gate')
    .select('fact')
    .where('host', '=', host)
    .executeTakeFirst();
  return row?.fact;
}
