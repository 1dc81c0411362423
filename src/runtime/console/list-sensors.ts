import type { Selectable as Row } from 'kysely';
import { readVisibleHosts, type View } from '#inventory/console/index.ts';
import type { Host, ProtectionCounts } from '#inventory/contract.ts';
import type { Queries } from '#store/index.ts';
import type { HostSensor, ModelState } from '../contract.ts';
import { stoppableBy } from '../mechanisms.ts';
import { hostProtection } from '../host-protection.ts';
import { countProtections, type ProtectedContainer, readProtections } from './protections.ts';
import { isWaitingTooLong } from '../waiting.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

type SensorRow = Row<RuntimeTables['sensor']>;

/** How each host that the caller may see is protected, by its name. Hosts that reported no sensor are among them. */
export async function readSensors(queries: Queries, view: View): Promise<readonly HostSensor[]> {
  const rows = await queries.query(runtimeSchema).selectFrom('sensor').selectAll().execute();
  const byHost = new Map(rows.map((row) => [row.host, row]));
  const counts = new Map<string, ProtectionCounts>();
  for await (const some of readProtections(queries, view))
    for (const [host, containers] of Map.groupBy(some, hostOf)) counts.set(host, countProtections(containers));
  const models = await countModels(queries, view);
  return (await readVisibleHosts(queries, view)).map((host) => {
    const containers = counts.get(host.name) ?? countProtections([]);
    const states = models.get(host.name) ?? [];
    return toSensor(host, { row: byHost.get(host.name), containers, models: modelCounts(containers, states) });
  });
}

/** States of the models of running containers that the caller may see, by host. */
async function countModels(queries: Queries, view: View): Promise<ReadonlyMap<string, readonly ModelState[]>> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .innerJoin('model', 'model.id', 'running.model')
    .select(['running.host', 'running.place', 'model.state'])
    .execute();
  const seen = rows.filter(({ place }) => view === undefined || view(place));
  return new Map([...Map.groupBy(seen, ({ host }) => host)].map(([host, own]) => [host, own.map((one) => one.state)]));
}

function modelCounts(containers: ProtectionCounts, states: readonly ModelState[]): HostSensor['models'] {
  const all = Object.values(containers).reduce((sum, one) => sum + one, 0);
  const active = states.filter((state) => state === 'active' || state === 'manual').length;
  const learning = states.filter((state) => state === 'learning' || state === 'relearning').length;
  return { active, learning, none: Math.max(0, all - active - learning) };
}

function hostOf({ place }: ProtectedContainer): string {
  return place.host;
}

interface Known {
  readonly row: SensorRow | undefined;
  readonly containers: ProtectionCounts;
  readonly models: HostSensor['models'];
}

function toSensor({ name, environment, stale }: Host, { row, containers, models }: Known): HostSensor {
  const place = { host: name, ...(environment === undefined ? {} : { environment }), stale, containers, models };
  const protection = hostProtection({ stale, sensor: row?.fact.state, containers });
  if (row === undefined) return { ...place, protection, eventsLate: false, stops: [] };
  const stops = stoppableBy(row.fact.mechanisms);
  const reported = { sensor: row.fact, since: row.since.toISOString(), at: row.told_at.toISOString() };
  const eventsLate = isWaitingTooLong(row.fact);
  return { ...place, protection, eventsLate, stops, reported };
}
