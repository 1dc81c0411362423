import type { Container, PodSpec } from './schema.ts';

/** An image that a pod brings to its node: of a container, or mounted as a volume. */
export interface PodImage {
  readonly role: 'container' | 'init-container' | 'ephemeral-container' | 'volume';
  /** Of the container or volume. */
  readonly name: string;
  /** As written. Empty: none, which only templates may leave to others. */
  readonly reference: string;
  /** What it starts; missing for volumes, from which nothing starts by itself. */
  readonly container?: Container;
}

/** All images of a pod, in the order in which they stand there. */
export function imagesOf(spec: PodSpec): readonly PodImage[] {
  const { initContainers, containers, ephemeralContainers, volumes } = spec;
  return [
    ...started('init-container', initContainers),
    ...started('container', containers),
    ...started('ephemeral-container', ephemeralContainers),
    ...(volumes ?? []).flatMap(({ name, image }): readonly PodImage[] =>
      image === null || image === undefined ? [] : [{ role: 'volume', name, reference: image.reference ?? '' }],
    ),
  ];
}

function started(role: PodImage['role'], containers: readonly Container[] | null | undefined): readonly PodImage[] {
  return (containers ?? []).map((container) => ({
    role,
    name: container.name,
    reference: container.image ?? '',
    container,
  }));
}
