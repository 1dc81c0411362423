import { type Environment, type Log, messageOf } from '#base/index.ts';
import { type Gate, startGate } from '#gate/agent/index.ts';
import type { Engine } from '#inventory/contract.ts';
import type { Collecting, EnvironmentSettings, Reporter } from '#inventory/agent/index.ts';
import type { AgentLink } from '#link/agent/index.ts';
import type { Runtime } from '#runtime/agent/index.ts';
import type { AgentConfig } from './config.ts';

export interface GatesContext {
  readonly config: AgentConfig;
  readonly settings: EnvironmentSettings;
  readonly link: AgentLink;
  readonly reporter: Reporter;
  readonly log: Log;
  readonly say: (sentence: string) => void;
  readonly collecting: Collecting;
  readonly engine: () => Engine | undefined;
  /** Missing: nothing watches what containers do. */
  readonly runtime: Runtime | undefined;
  /** Scans an image before all others. */
  readonly hurry: (imageId: string) => void;
  readonly env: Environment;
}

/** Answers the gates of this host; `undefined` where that is switched off. One that cannot be opened is said, and the agent does the rest. */
export function watchGates({ config, runtime, env, ...context }: GatesContext): Gate | undefined {
  const { gates, introduction, dockerSocket, stateFolder } = config;
  if (gates === undefined) return undefined;
  const { host, instance } = introduction;
  const opening = startGate({
    ...context,
    stateFolder,
    instance,
    host: instance === 'default' ? host : `${host}/${instance}`,
    gateFolder: gates.folder,
    socket: gates.socket,
    engineSocket: dockerSocket,
    ownImages: gates.ownImages,
    ...(gates.canaryPause !== undefined && { canaryPause: gates.canaryPause }),
    ...(gates.trialPeriod !== undefined && { trialPeriod: gates.trialPeriod }),
    ...(gates.authorization !== undefined && { authorization: { env, ...gates.authorization } }),
    ...(runtime !== undefined && { arming: runtime.arming }),
    hurry(image) {
      context.collecting.useImage(image);
      context.hurry(image);
    },
  }).catch((error: unknown) => {
    context.log.error({ error: messageOf(error) }, 'The gate is not answered.');
    context.say(`No start is judged by this agent: ${messageOf(error)}`);
    return undefined;
  });
  const then = (act: (gate: Gate) => void): void => void opening.then((gate) => gate && act(gate));
  return {
    describe: (container) => then((gate) => gate.describe(container)),
    engineChanged: () => then((gate) => gate.engineChanged()),
    imagesChanged: () => then((gate) => gate.imagesChanged()),
    repeat: () => then((gate) => gate.repeat()),
    close: async () => (await opening)?.close(),
  };
}
