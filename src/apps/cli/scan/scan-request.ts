import { type CommandCall, text } from '../command.ts';
import { ownCache } from '../own-folder.ts';
import { plain } from '../plain.ts';
import { layerProgress } from '../progress.ts';
import { userId } from './database-here.ts';
import { dockerSocketOf, limitsOf, platformOf } from './options.ts';
import { registryAccessOf } from './registry-access.ts';
import { type Scanned, type ScanRequest, scanTarget } from './scan-target.ts';

/** How a target is scanned by the options that all commands share which scan. */
export function requestOf(target: string, { options, env }: Pick<CommandCall, 'options' | 'env'>): ScanRequest {
  const cacheFolder = options['cache'] === false ? undefined : ownCache(env, userId());
  return {
    target,
    platform: platformOf(options),
    isPlatformAsked: options['platform'] !== undefined,
    limits: limitsOf(options),
    dockerSocket: dockerSocketOf(env),
    registry: registryAccessOf(options, env),
    executables: 'hashed',
    malwareSet: text(options['malwareSet']),
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
  };
}

/** Scans, and shows on the terminal how far it is and that a registry is asked. */
export async function scanShown(request: ScanRequest, terminal: CommandCall['terminal']): Promise<Scanned> {
  const progress = layerProgress(terminal);
  try {
    return await scanTarget({
      ...request,
      onRegistry: (repository) => terminal.err(`Not on this machine; asking the registry for ${plain(repository)}.\n`),
      onProgress: progress.show,
    });
  } finally {
    progress.end();
  }
}
