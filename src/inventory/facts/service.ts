import type { ContainerShape } from '../settings/index.ts';

/** What is so of one service of a swarm, as its managers hold it: its tasks are containers that are made of it. */
export interface ServiceShape extends ContainerShape {
  readonly name: string;
  /** Name of its image, as it stands in the service. */
  readonly image: string;
}
