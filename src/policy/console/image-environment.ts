import type { Selectable } from '#access/index.ts';
import type { Placement } from '#inventory/console/index.ts';

/** A subject in one environment, or, where `environment` is empty, as published and on hosts without an environment. */
export interface ImageEnvironment {
  readonly environment: string;
  readonly places: readonly Selectable[];
  /** Whether the scan is one of those that count there, or the one that is shown of what lies nowhere. */
  readonly current: boolean;
  /** Whether it counts as one of the subject's verdicts. */
  readonly counts: boolean;
  readonly runs: boolean;
}

interface Laid {
  readonly place: Selectable;
  readonly runs: boolean;
  /** A label of a container may bring it there; until then its verdict is for admission alone. */
  readonly maybe?: true;
}

/** What of a subject a scan is judged for. */
export interface ScanScope {
  readonly placements: readonly Placement[];
  /** Whether pages show this scan of it. */
  readonly isShown: boolean;
  /** Whether the scan counts in an environment (empty: none). */
  readonly countsIn: (environment: string) => boolean;
}

/** What is to be judged of a scan that neither counts nor is shown: its publication, for who published it. */
export const unplaced: ScanScope = { placements: [], isShown: false, countsIn: () => false };

/**
 * What is to be judged of a scan: the publication always, for who published it, and each environment where the subject
 * lies or may be started and this scan counts. Where the subject lies nowhere, the publication's verdict is the subject's
 * if the scan is the one that is shown.
 */
export function imageEnvironmentsOf(
  published: Selectable,
  { placements, isShown, countsIn }: ScanScope,
): readonly ImageEnvironment[] {
  const laid = placements.flatMap((placement) => laidBy(placement, published.labels));
  const byEnvironment = Map.groupBy(laid, ({ place }) => place.environment ?? '');
  const unnamed = countsIn('') ? (byEnvironment.get('') ?? []) : [];
  byEnvironment.delete('');
  return [
    {
      environment: '',
      places: distinct([published, ...unnamed.map(({ place }) => place)]),
      counts: laid.length === 0 || unnamed.length > 0,
      runs: unnamed.some(({ runs }) => runs),
      current: laid.length === 0 ? isShown : unnamed.length > 0,
    },
    ...[...byEnvironment]
      .filter(([environment]) => countsIn(environment))
      .map(([environment, there]) => ({
        environment,
        places: distinct(there.map(({ place }) => place)),
        counts: there.some(({ maybe }) => maybe === undefined),
        runs: there.some(({ runs }) => runs),
        current: true,
      })),
  ];
}

/** The image on the host, where else it may start there, and each container of it. */
function laidBy(
  { host, environment, allowed = [], names, containers }: Placement,
  labels: Selectable['labels'],
): readonly Laid[] {
  const image = { images: names, labels, host };
  return [
    { place: { ...image, ...named({ environment }) }, runs: false },
    ...allowed
      .filter((one) => one !== environment)
      .map((one): Laid => ({ place: { ...image, environment: one }, runs: false, maybe: true })),
    ...containers.map((container) => ({
      place: {
        ...image,
        labels: container.labels,
        ...named({ environment: container.environment ?? environment, application: container.application }),
      },
      runs: true,
    })),
  ];
}

function named(fields: Readonly<Record<string, string | undefined>>): Pick<Selectable, 'environment' | 'application'> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function distinct(places: readonly Selectable[]): readonly Selectable[] {
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}
