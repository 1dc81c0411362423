import { type ImageName, parseImageName } from '#image/index.ts';
import type { ListedContainer } from './schema.ts';

/** A container that runs now. */
export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** Name of its image, as it was made with. */
  readonly image: string;
}

/** An image's name as containers run by it, and the engine's ids of the images that they run. */
export interface Deployed {
  readonly text: string;
  readonly imageIds: readonly string[];
}

/** Names by which images run, each once. A container that the list does not have yet adds no id. */
export function deployedNames(
  running: readonly RunningContainer[],
  listed: readonly ListedContainer[],
): readonly Deployed[] {
  const ids = new Map(listed.map(({ Id, ImageID }) => [Id, ImageID]));
  const byText = Map.groupBy(
    running.filter(({ image }) => image !== ''),
    ({ image }) => image,
  );
  return [...byText]
    .map(([text, containers]) => ({
      text,
      imageIds: [...new Set(containers.flatMap(({ id }) => ids.get(id) ?? []))].toSorted(),
    }))
    .toSorted((one, other) => (one.text < other.text ? -1 : 1));
}

/** Domains of the registries that running containers name. A bare id names none. */
export function registriesOf(running: readonly RunningContainer[]): readonly string[] {
  const domains = running.flatMap(({ image }) => parseImageName(image)?.domain ?? []);
  return [...new Set(domains)].filter(isAsked).toSorted();
}

/** Addresses that are given to each machine anew, and those of clouds for their own machines, are no registry’s. */
function isAsked(domain: ImageName['domain']): boolean {
  return !/^(?:169\.254\.|\[fe80:|\[fd00:ec2:|metadata\.)/i.test(domain);
}
