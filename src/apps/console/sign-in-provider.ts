import { openProvider, readProviderSettings, type Vault } from '#access/console/index.ts';
import { seal, unseal } from '#link/console/index.ts';
import type { ConsoleConfig } from './config.ts';

/** By which provider people sign in. Throws `AppError` `usage` for a file that is not understood. */
export function signInProvider(
  { oidcFile, origin }: Pick<ConsoleConfig, 'oidcFile' | 'origin'>,
  masterKey: () => Buffer,
) {
  if (oidcFile === undefined) return {};
  const vault: Vault = {
    seal: (content, purpose) => seal(masterKey(), content, purpose),
    unseal: (sealed, purpose) => unseal(masterKey(), sealed, purpose),
  };
  return { provider: openProvider(readProviderSettings(oidcFile), origin), vault };
}
