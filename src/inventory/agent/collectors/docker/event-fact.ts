import { oneLine } from '#base/index.ts';
import type { ContainerFact } from '../../../contract.ts';
import { environmentOf, type EnvironmentSettings } from '../../environment.ts';
import type { TimedEvent } from './client.ts';
import { labelsOf } from './container-fact.ts';

/** How a container ended, as far as the engine's events said. */
export interface Ending {
  readonly finishedAt?: string;
  readonly exitCode?: number;
}

/** Attributes of events that are no labels of the container. */
const ownAttributes = new Set([
  'image',
  'name',
  'exitCode',
  'execDuration',
  'signal',
  'oldName',
  'comment',
  'imageID',
  'imageRef',
]);

/** A container that was gone before the engine could be asked, by the event that told of its birth. */
export function factOfEvent(created: TimedEvent, ending: Ending, settings: EnvironmentSettings): ContainerFact {
  const attributes = created.Actor.Attributes ?? {};
  const labels = labelsOf(Object.fromEntries(Object.entries(attributes).filter(([key]) => !ownAttributes.has(key))));
  const environment = environmentOf(labels, settings);
  const image = attributes['image'] ?? '';
  return {
    id: created.Actor.ID,
    name: oneLine(attributes['name'] ?? '', 255),
    image: { id: image.startsWith('sha256:') ? oneLine(image, 128) : '', name: oneLine(image, 512) },
    state: 'removed',
    createdAt: momentOf(created),
    ...ending,
    command: [],
    labels,
    ...(environment && { environment }),
    user: '',
    privileged: false,
    readOnlyRoot: false,
    capabilities: { added: [], dropped: [] },
    hostNamespaces: [],
    securityOptions: [],
    mounts: [],
    ports: [],
    networks: [],
    incomplete: true,
  };
}

/** What an event `die` says. */
export function endingOf(event: TimedEvent): Ending {
  const exitCode = Number(event.Actor.Attributes?.['exitCode']);
  return { finishedAt: momentOf(event), ...(Number.isInteger(exitCode) && { exitCode }) };
}

export function momentOf({ nanoseconds }: TimedEvent): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
}
