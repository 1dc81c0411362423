import type { Selectable as Row } from 'kysely';
import type { Detection } from '../contract.ts';
import type { IncidentTopic, Place, RuntimeTables } from './schema.ts';

export type DetectionRow = Omit<Row<RuntimeTables['detection']>, 'sequence' | 'place' | 'detection'>;

/** A detection with where it was made. */
export interface PlacedDetection {
  readonly topic: IncidentTopic | null;
  readonly row: Omit<DetectionRow, 'incident'>;
  readonly place: Place;
  readonly detection: Detection;
}
