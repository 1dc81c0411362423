import type { Queries } from '#store/index.ts';
import type { listContainers, Protection } from '../contract.ts';
import type { HandlerInput } from '#http/index.ts';

/** Names a container on all hosts. */
export interface ContainerRef {
  readonly host: string;
  readonly id: string;
}

/** How containers are protected; the runtime's domain knows it. */
export interface ContainerProtections {
  /** Of those among them that run, by `protectionKey`. */
  of(queries: Queries, containers: readonly ContainerRef[]): Promise<ReadonlyMap<string, Protection>>;
  /** Every running container that is protected so. */
  those(queries: Queries, protection: ProtectionAsked): Promise<readonly ContainerRef[]>;
}

/** What a list may ask for. */
export type ProtectionAsked = NonNullable<HandlerInput<typeof listContainers>['query']['protection']>;

/** Under which a container stands in what `of` gives. */
export function protectionKey({ host, id }: ContainerRef): string {
  return `${host} ${id}`;
}

/** Where nothing watches what containers do: nobody knows. */
export const noProtections: ContainerProtections = { of: async () => new Map(), those: async () => [] };
