import type { InspectedContainer } from './schema.ts';

/** Words of a health check as the engine runs them in the container; `undefined` when there is none. */
export function healthCheckOf({ Healthcheck, Shell }: InspectedContainer['Config']): readonly string[] | undefined {
  const [kind, ...words] = Healthcheck?.Test ?? [];
  if (kind === 'CMD' && words.length > 0) return words;
  if (kind !== 'CMD-SHELL' || words.length === 0) return undefined;
  const shell = Shell ?? [];
  return [...(shell.length > 0 ? shell : ['/bin/sh', '-c']), ...words];
}
