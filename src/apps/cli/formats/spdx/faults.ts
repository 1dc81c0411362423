import type { Catalog } from '#catalog/index.ts';
import { countFaults } from '#image/index.ts';

/** Faults that are written one by one; the first note tells how many there are. */
const mostFaults = 200;

/** What was not seen or not judged, one note each. */
export function faultNotes({ faults }: Pick<Catalog, 'faults'>): readonly string[] {
  if (faults.length === 0) return [];
  const shown = faults.slice(0, mostFaults).map(({ code, message, path, layer }) => {
    const place = [path, layer === undefined ? undefined : `layer ${layer}`].filter((part) => part !== undefined);
    return `seawall:fault ${code}: ${message}${place.length === 0 ? '' : ` (${place.join(', ')})`}`;
  });
  return [`seawall:faults ${countFaults(faults)}`, ...shown];
}
