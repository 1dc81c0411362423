import type { Log } from '#base/index.ts';
import { configDigestOf, defaultLimits, hostPlatform, layerFoldersOf } from '#image/index.ts';
import type { Engine } from '#inventory/contract.ts';
import type { Collecting, Reporter } from '#inventory/agent/index.ts';
import type { AgentLink } from '#link/agent/index.ts';
import { type Runtime, startRuntime } from '#runtime/agent/index.ts';
import type { SensorFact } from '#runtime/contract.ts';
import type { AgentConfig } from './config.ts';

export interface RuntimeContext {
  readonly config: AgentConfig;
  readonly link: AgentLink;
  readonly reporter: Reporter;
  readonly log: Log;
  readonly say: (sentence: string) => void;
  readonly collecting: Collecting;
  readonly engine: () => Engine | undefined;
}

/**
 * Says that nothing watches what containers do, where that is switched off: what was said before, by an agent that watched,
 * would hold on at the console.
 */
export function sayUnwatched({ config, reporter }: Pick<RuntimeContext, 'config' | 'reporter'>): void {
  if (config.runtime !== undefined) return;
  const reason =
    'The agent was started so that it does not watch what containers do. Start it on the host itself, without --no-runtime.';
  const fact: SensorFact = { state: 'missing', reason, mechanisms: [], lost: 0, throttled: 0 };
  reporter.state({ kind: 'sensor', id: '' }, fact);
}

/** Watches what containers do; `undefined` where that is switched off. */
export function watchRuntime({ config, engine, ...context }: RuntimeContext): Runtime | undefined {
  const { runtime, introduction, dockerSocket, cacheFolder, stateFolder, isRoot } = config;
  if (runtime === undefined) return undefined;
  const { host, instance } = introduction;
  const open = { platform: hostPlatform(process.arch), limits: defaultLimits, dockerSocket, cacheFolder };
  return startRuntime({
    ...context,
    stateFolder,
    instance,
    host: instance === 'default' ? host : `${host}/${instance}`,
    environment: introduction.environment,
    isRoot,
    ownContainer: config.ownContainer,
    sensor: { socket: runtime.sensorSocket, places: runtime.sensorPlaces, ends: runtime.sensorEnds },
    engineRoot() {
      const found = engine();
      return found?.kind === 'docker' ? found.rootFolder : undefined;
    },
    identify: async (id) => (await configDigestOf(id, open))?.digest,
    layers: (id) => layerFoldersOf(id, dockerSocket),
  });
}
