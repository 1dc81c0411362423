import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { type Place, runtimeSchema } from './schema.ts';

/** Where containers with models run now, as far as the caller may see. */
export async function readRunningPlaces(queries: Queries, view: View): Promise<readonly Place[]> {
  const rows = await queries.query(runtimeSchema).selectFrom('running').select('place').execute();
  return rows.map(({ place }) => place).filter((place) => view === undefined || view(place));
}
