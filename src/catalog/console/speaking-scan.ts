import type { ScanId, SubjectId } from '#base/index.ts';
import { compareEnvironments } from '#inventory/index.ts';
import type { Placement } from '#inventory/console/index.ts';
import { isBound, isTrusted, type Place, type Witness } from './witness.ts';

/** A scan and who stands for it. */
export interface WitnessedScan {
  readonly scan: ScanId;
  /** Higher is newer. */
  readonly sequence: number;
  readonly witness: Witness;
}

/**
 * The scan that speaks for a subject everywhere: the newest one whose witness is trusted in the environment on which the
 * most depends, of those where the subject lies. Without one nothing speaks for it, whatever less trusted witnesses
 * say. A subject that lies nowhere is spoken for by the newest scan, of a witness bound to something if there is one.
 */
export function speakingScan(
  subject: SubjectId,
  scans: readonly WitnessedScan[],
  placements: readonly Placement[],
): ScanId | undefined {
  const newestFirst = scans.toSorted((left, right) => right.sequence - left.sequence);
  const places = mostCritical(placements);
  if (places.length > 0) return newestFirst.find(({ witness }) => isTrusted(witness, subject, places))?.scan;
  return (newestFirst.find(({ witness }) => isBound(witness)) ?? newestFirst[0])?.scan;
}

/** Places of the environment on which the most depends. */
function mostCritical(placements: readonly Placement[]): readonly Place[] {
  const places = placements.flatMap(placesOf);
  const [first] = places.toSorted((left, right) => compareEnvironments(left.environment, right.environment));
  return first === undefined ? [] : places.filter(({ environment }) => environment === first.environment);
}

/** A subject on one host, once for each environment that it or a container of it stands in. */
export function placesOf({ host, environment, names, containers }: Placement): readonly Place[] {
  const environments = new Set([environment, ...containers.map((container) => container.environment)]);
  return [...environments].map((one) => ({
    host,
    names,
    ...(one === undefined ? {} : { environment: one }),
    ...(environment === undefined ? {} : { hostEnvironment: environment }),
  }));
}
