import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { type Place, runtimeSchema } from './schema.ts';

/** A container that runs now, and the model that speaks for it. */
export interface RunningModel {
  readonly model: string;
  readonly place: Place;
}

/** Containers with models that run now, as far as the caller may see; those of one model follow another. */
export async function readRunningModels(queries: Queries, view: View): Promise<readonly RunningModel[]> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .select(['model', 'place'])
    .orderBy('model')
    .execute();
  return rows.filter(({ place }) => view === undefined || view(place));
}
