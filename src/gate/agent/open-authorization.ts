import { dirname, join } from 'node:path';
import type { ImageDigest } from '#base/index.ts';
import { type AuthorizationPlugin, startAuthorization } from './docker-authz/index.ts';
import type { GateContext } from './gate-context.ts';
import type { GateOptions } from './options.ts';
import type { GateInstallation } from './installed-gate.ts';

/** Serves the engine's authorization plugin where the agent was told to. Throws what `startAuthorization` throws. */
export async function openAuthorization(
  { options, folder, compiled, effectiveLedger, starts, engineRoot, trialKey }: GateContext,
  installation: GateInstallation,
): Promise<AuthorizationPlugin | undefined> {
  const { authorization, instance, engineSocket, host, hurry, link, log } = options;
  if (authorization === undefined) return undefined;
  return await startAuthorization({
    instance,
    engineSocket,
    engineRoot,
    host,
    environment: starts.environment,
    effectiveLedger,
    broken: starts.broken,
    identify: async (id): Promise<ImageDigest | undefined> => starts.identify(id),
    hurry,
    wrapper: () => (installation.now().state === 'installed' ? 'installed' : 'absent'),
    decided: (decision) =>
      void link
        .send('decision', decision)
        .catch(() => log.error({ id: decision.id }, 'A decision could not be reported.')),
    trialKey,
    program: {
      socket: authorizationSocketOf(options),
      ledger: compiled.file,
      logFile: join(folder, 'authorization.log'),
      places: authorization.programs,
      ends: authorization.ends,
    },
    env: authorization.env,
    log,
  });
}

/** Where the agent answers questions of the engine's plugin. */
export function authorizationSocketOf({ socket }: Pick<GateOptions, 'socket'>): string {
  return join(dirname(socket), 'authorization.sock');
}
