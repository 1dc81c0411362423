import type { Around } from './surroundings.ts';
import {
  configMembers,
  isObject,
  createMembers,
  hostConfigMembers,
  type Members,
  partsOf,
  readMembers,
  stateMembers,
} from './schema.ts';

/** A container in the engine's own words: what was asked for, or what the engine says of one that it has. */
export interface EngineDocument {
  readonly host: Members<typeof hostConfigMembers>;
  readonly config: Members<typeof configMembers>;
  /** What the readers of settings take: a create request. */
  readonly request: unknown;
  readonly origin: Origin;
}

export type Origin =
  | { readonly kind: 'create'; readonly create: Members<typeof createMembers> }
  | { readonly kind: 'inspect'; readonly state: Members<typeof stateMembers> };

/** What every reader of a part of it gets. */
export interface EngineContext {
  readonly document: EngineDocument;
  readonly around: Around;
}

/** Body of `POST /containers/create`, as JSON. */
export function createDocument(request: unknown): EngineDocument {
  // A request without a HostConfig asks for the engine's defaults; what is no request at all asks for nothing known.
  const hostConfig = isObject(request) ? (partsOf(request)['HostConfig'] ?? {}) : undefined;
  return {
    host: readMembers(hostConfig, hostConfigMembers, 'HostConfig'),
    config: readMembers(request, configMembers, ''),
    request,
    origin: { kind: 'create', create: readMembers(request, createMembers, '') },
  };
}

/** Answer of `GET /containers/ID/json`. */
export function inspectDocument(inspected: unknown): EngineDocument {
  const parts = partsOf(inspected);
  return {
    host: readMembers(parts['HostConfig'], hostConfigMembers, 'HostConfig'),
    config: readMembers(parts['Config'], configMembers, 'Config'),
    request: isObject(parts['HostConfig'])
      ? { Volumes: partsOf(parts['Config'])['Volumes'], HostConfig: parts['HostConfig'] }
      : undefined,
    origin: { kind: 'inspect', state: readMembers(inspected, stateMembers, '') },
  };
}

/** The two files in which an engine keeps a container, as one inspected container. */
export function inspectedOfFiles(config: unknown, hostConfig: unknown): unknown {
  const parts = partsOf(config);
  const mounts = Object.values(partsOf(parts['MountPoints'])).map((mount) => partsOf(mount));
  return { ...parts, HostConfig: hostConfig, Mounts: mounts };
}
