import { readFileSync } from 'node:fs';
import type { EngineView, HostView, NamedContainer } from '../host-view.ts';
import type { Around, Surroundings } from './surroundings.ts';
import { nothingAround, withFacts } from './surroundings.ts';

/** A recorded document of the folder `fixtures`. */
export function recorded(name: string): unknown {
  const value: unknown = JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
  return Array.isArray(value) ? value[0] : value;
}

/** Folder of the engine that the documents were recorded of. */
const recordedRoot = '/tmp/c16a/docker';

/** A host without links, on which every path is what it says. */
const plainHost: HostView = {
  engineRoot: recordedRoot,
  places: async (paths) => new Map(paths.map((path) => [path, [path]])),
  devices: async (paths) =>
    new Map(paths.map((path) => [path, path === '/dev/null' ? [{ type: 'character', major: 1, minor: 3 }] : []])),
  devicePaths: async (devices) =>
    devices.map(({ major, minor }) => (major === 1 && minor === 3 ? '/dev/null' : undefined)),
  isHostNamespace: async (file) => file === '/proc/1/ns/net',
  sockets: async () => ['/run/docker.sock', '/run/containerd'],
};

interface Given {
  readonly containers?: Readonly<Record<string, NamedContainer>>;
  readonly sensitivities?: Readonly<Record<string, string>>;
  readonly facts?: Partial<Surroundings>;
  readonly view?: Partial<EngineView>;
}

/** An engine of which everything is known, as the one that the documents were recorded of. */
export function aroundFor({ containers = {}, sensitivities = {}, facts = {}, view = {} }: Given = {}): Around {
  const usual: Partial<Surroundings> = {
    confinement: [],
    limits: [],
    noNewPrivileges: false,
    seccompProfile: 'builtin',
    logDriver: 'json-file',
    runtime: 'runc',
    runtimes: { runc: 'runc' },
    imageEnvironment: ['PATH=/bin'],
    imagePresent: true,
    tag: { tag: 't:1', running: 'sha256:1', current: 'sha256:1' },
    loosePaths: [],
  };
  return {
    view: {
      host: plainHost,
      remapsUsers: false,
      cgroupNamespace: 'host',
      seccomp: 'on',
      container: async (name) => containers[name],
      volume: async (name) => (name === 'hardened-data' ? { driver: 'local', options: {} } : undefined),
      ...view,
    },
    facts: withFacts(nothingAround, { ...usual, ...facts }, 'test'),
    other: async (name) => {
      const sensitivity = sensitivities[name];
      return sensitivity === undefined ? undefined : { name: `name of ${name}`, sensitivity };
    },
  };
}
