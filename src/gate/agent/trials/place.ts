import type { Collection } from '#access/contract.ts';
import type { Selectable } from '#access/index.ts';
import { applicationOf } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { ScopedRule } from '#rules/contract.ts';

/** Where a trial's container is to stand, as whoever makes a container says it. */
export interface TrialPlace {
  /** Name of its image. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface HostOfTrial {
  /** How the host is called everywhere. */
  readonly host: string;
  readonly collections: readonly Collection[];
  /** The environment in which a container with these labels stands. */
  readonly environment: (labels: Readonly<Record<string, string>>) => string | undefined;
  /** What a ring sees as the name of an image. */
  readonly named: (image: string) => string;
}

const usual: TrialPlace = { image: 'seawall-trial:trial', labels: {} };

/** A place for which the rule is the one that holds; `undefined`: none was found, as of a rule that others stand before. */
export function placeFor<Kind extends ScopedRule>(
  rule: Kind,
  rules: readonly Kind[],
  host: HostOfTrial,
): TrialPlace | undefined {
  const own = host.collections.filter(({ id }) => rule.collections?.includes(id) === true);
  const places = [usual, ...own.map(({ selects }) => placeIn(selects))];
  return places.find((place) => ruleFor(rules, host.collections, seen(place, host)) === rule);
}

function seen({ image, labels }: TrialPlace, { host, environment, named }: HostOfTrial): Selectable {
  const place = environment(labels);
  const application = applicationOf(labels)?.name;
  return {
    images: [named(image)],
    labels,
    host,
    ...(place !== undefined && { environment: place }),
    ...(application !== undefined && { application }),
  };
}

/** What a collection selects, with a word of ours wherever any will do. */
function placeIn(selects: Collection['selects']): TrialPlace {
  const [image, repository, registry] = [selects.images, selects.repositories, selects.registries].map(firstOf);
  const [label, environment, application] = [selects.labels, selects.environments, selects.applications].map(firstOf);
  const [key = '', ...value] = (label ?? '').split('=');
  const inRegistry = registry === undefined ? usual.image : `${registry}/${usual.image}`;
  return {
    image: image ?? (repository === undefined ? inRegistry : `${repository}:trial`),
    labels: {
      ...(key !== '' && { [key]: value.join('=') }),
      ...(environment !== undefined && { 'seawall.environment': environment }),
      ...(application !== undefined && { 'seawall.application': application }),
    },
  };
}

function firstOf(patterns: readonly string[] | undefined): string | undefined {
  return patterns?.find((pattern) => !pattern.startsWith('-'))?.replaceAll('*', 'trial');
}
