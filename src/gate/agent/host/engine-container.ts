import { join } from 'node:path';
import { type Log, messageOf } from '#base/index.ts';
import { containerCommand } from '#inventory/agent/index.ts';
import { readJson, TooLong } from '../read-bounded.ts';
import { EngineConfig, EngineHostConfig } from '../schema.ts';

/** A container as the engine's own files describe it. */
export interface EngineContainer {
  readonly name: string;
  /** As the engine names it: digest of a config or of a manifest. */
  readonly imageId: string;
  /** The name that it was made with. */
  readonly imageName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Entrypoint and command as it runs them; none: they are not known. */
  readonly command: readonly string[];
  /** Whether the engine starts it again when it or the host was restarted. */
  readonly restarts: 'never' | 'on-failure' | 'unless-stopped' | 'always';
  readonly isRunning: boolean;
  /** A person stopped it. */
  readonly isStopped: boolean;
}

/**
 * Read from the engine's disk: while a start is held, the engine answers nothing about that container. `undefined` where
 * the engine has none of that id, or its files cannot be read; `too-long`: nobody can read them in time.
 */
export async function readEngineContainer(
  engineRoot: string | undefined,
  id: string,
  log: Log,
): Promise<EngineContainer | 'too-long' | undefined> {
  if (engineRoot === undefined || !/^[0-9a-f]{64}$/.test(id)) return undefined;
  const folder = join(engineRoot, 'containers', id);
  try {
    const [config, host] = await Promise.all([
      readJson(join(folder, 'config.v2.json')),
      readJson(join(folder, 'hostconfig.json')),
    ]);
    return config === undefined
      ? undefined
      : containerOf(EngineConfig.parse(config), EngineHostConfig.parse(host ?? {}));
  } catch (error) {
    log.warn({ container: id, error: messageOf(error) }, 'What the engine keeps of a container cannot be read.');
    return error instanceof TooLong ? 'too-long' : undefined;
  }
}

function containerOf(config: EngineConfig, host: EngineHostConfig): EngineContainer {
  return {
    name: config.Name.replace(/^\//, ''),
    imageId: config.Image,
    imageName: config.Config.Image,
    labels: config.Config.Labels ?? {},
    command: config.Path === '' ? [] : containerCommand(config.Path, config.Args),
    restarts: restartsOf(host.RestartPolicy?.Name ?? ''),
    isRunning: config.State.Running,
    isStopped: config.HasBeenManuallyStopped,
  };
}

function restartsOf(policy: string): EngineContainer['restarts'] {
  return restartPolicies.find((known) => known === policy) ?? 'never';
}

const restartPolicies = ['always', 'unless-stopped', 'on-failure'] as const;
