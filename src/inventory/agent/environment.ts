/** What decides the environment of a container. */
export interface EnvironmentSettings {
  /** Of the host. */
  readonly environment?: string;
  /** Those that a container's label may choose. Whoever has the engine's socket writes labels, so usually none. */
  readonly allowEnvironments: readonly string[];
}

const environmentLabel = 'seawall.environment';

/** The environment that a container's label chooses among the allowed ones, else its host's. */
export function environmentOf(
  labels: Readonly<Record<string, string>>,
  settings: EnvironmentSettings,
): string | undefined {
  const chosen = settings.allowEnvironments.find((name) => name === labels[environmentLabel]);
  return chosen ?? settings.environment;
}
