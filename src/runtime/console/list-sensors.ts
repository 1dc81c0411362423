import type { Selectable as Row } from 'kysely';
import { readVisibleHosts, type View } from '#inventory/console/index.ts';
import type { Host, ProtectionCounts } from '#inventory/contract.ts';
import type { Queries } from '#store/index.ts';
import type { HostSensor } from '../contract.ts';
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
  return (await readVisibleHosts(queries, view)).map((host) =>
    toSensor(host, { row: byHost.get(host.name), containers: counts.get(host.name) ?? countProtections([]) }),
  );
}

function hostOf({ place }: ProtectedContainer): string {
  return place.host;
}

interface Known {
  readonly row: SensorRow | undefined;
  readonly containers: ProtectionCounts;
}

function toSensor({ name, environment, stale }: Host, { row, containers }: Known): HostSensor {
  const place = { host: name, ...(environment === undefined ? {} : { environment }), stale, containers };
  const protection = hostProtection({ stale, sensor: row?.fact.state, containers });
  if (row === undefined) return { ...place, protection, eventsLate: false, stops: [] };
  const stops = stoppableBy(row.fact.mechanisms);
  const reported = { sensor: row.fact, since: row.since.toISOString(), at: row.told_at.toISOString() };
  const eventsLate = isWaitingTooLong(row.fact);
  return { ...place, protection, eventsLate, stops, reported };
}
