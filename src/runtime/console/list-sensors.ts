import type { Selectable as Row } from 'kysely';
import { readVisibleHosts, type View } from '#inventory/console/index.ts';
import type { Host } from '#inventory/contract.ts';
import type { Queries } from '#store/index.ts';
import type { HostSensor } from '../contract.ts';
import { stoppableBy } from '../mechanisms.ts';
import { isWaitingTooLong } from '../waiting.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

type SensorRow = Row<RuntimeTables['sensor']>;

/** What protects each host that the caller may see, by its name. Hosts that told nothing of a sensor are among them. */
export async function readSensors(queries: Queries, view: View): Promise<readonly HostSensor[]> {
  const rows = await queries.query(runtimeSchema).selectFrom('sensor').selectAll().execute();
  const byHost = new Map(rows.map((row) => [row.host, row]));
  return (await readVisibleHosts(queries, view)).map((host) => toSensor(host, byHost.get(host.name)));
}

function toSensor({ name, environment, stale }: Host, row: SensorRow | undefined): HostSensor {
  const place = { host: name, ...(environment === undefined ? {} : { environment }), stale };
  if (row === undefined) return { ...place, protection: 'unknown', eventsLate: false, stops: [] };
  const stops = stoppableBy(row.fact.mechanisms);
  const told = { sensor: row.fact, since: row.since.toISOString(), at: row.told_at.toISOString() };
  const eventsLate = isWaitingTooLong(row.fact);
  return { ...place, protection: protectionOf({ stale, row, stops }), eventsLate, stops, told };
}

function protectionOf(of: {
  readonly stale: boolean;
  readonly row: SensorRow;
  readonly stops: HostSensor['stops'];
}): HostSensor['protection'] {
  if (of.stale || of.row.fact.state !== 'working') return 'unknown';
  return of.stops.length > 0 ? 'prevents' : 'watches';
}
