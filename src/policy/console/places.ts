import type { Selectable } from '#access/index.ts';
import type { Placement } from '#inventory/console/index.ts';

/** A subject in one environment, or, where `environment` is empty, as published and on hosts without an environment. */
export interface Standing {
  readonly environment: string;
  readonly places: readonly Selectable[];
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

/**
 * What is to be judged of a subject: the publication always, for who published it, and each environment where it lies or
 * may be started. Where it lies nowhere, the publication's verdict is the subject's.
 */
export function standingsOf(published: Selectable, placements: readonly Placement[]): readonly Standing[] {
  const laid = placements.flatMap((placement) => laidBy(placement, published.labels));
  const byEnvironment = Map.groupBy(laid, ({ place }) => place.environment ?? '');
  const unnamed = byEnvironment.get('') ?? [];
  byEnvironment.delete('');
  return [
    {
      environment: '',
      places: distinct([published, ...unnamed.map(({ place }) => place)]),
      counts: laid.length === 0 || unnamed.length > 0,
      runs: unnamed.some(({ runs }) => runs),
    },
    ...[...byEnvironment].map(([environment, there]) => ({
      environment,
      places: distinct(there.map(({ place }) => place)),
      counts: there.some(({ maybe }) => maybe === undefined),
      runs: there.some(({ runs }) => runs),
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
