import { type Selectable as Row, sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

type DetectionRow = Row<RuntimeTables['detection']>;

/** A detection as it is stored, with where it was made. */
export type StoredDetection = Pick<DetectionRow, 'model' | 'host' | 'digest' | 'environment' | 'place' | 'detection'>;

const rowsAtOnce = 1000;

/** Newest first, a part at a time: a noisy month is more than should be held at once. `models`: of these alone. */
export async function* readDetections(
  queries: Queries,
  { since, models }: { readonly since: Date; readonly models?: readonly string[] },
): AsyncGenerator<readonly StoredDetection[]> {
  let before: Pick<DetectionRow, 'time' | 'sequence'> | undefined;
  for (;;) {
    const rows: readonly (StoredDetection & Pick<DetectionRow, 'time' | 'sequence'>)[] = await queries
      .query(runtimeSchema)
      .selectFrom('detection')
      .select(['model', 'host', 'digest', 'environment', 'place', 'detection', 'time', 'sequence'])
      .where('time', '>=', since)
      .$if(models !== undefined, (query) => query.where('model', '=', sql<string>`any(${models ?? []}::text[])`))
      .where(
        before === undefined
          ? sql<boolean>`true`
          : sql<boolean>`(time, sequence) < (${before.time}, ${before.sequence})`,
      )
      .orderBy('time', 'desc')
      .orderBy('sequence', 'desc')
      .limit(rowsAtOnce)
      .execute();
    yield rows;
    before = rows.at(-1);
    if (before === undefined || rows.length < rowsAtOnce) return;
  }
}
