import { AppError, isAppError } from '#base/index.ts';
import { platformsOf, shownPlatform, type UnopenedPlatform } from '#image/index.ts';
import { type CommandCall, text } from '../command.ts';
import { reportError } from '../report-error.ts';
import type { PlatformResults, ScanResult } from './result.ts';
import { requestOf } from './scan-request.ts';

/** `--platform`: this word for every platform that the target names. */
const all = 'all';
/** Images of the widest use have some 15. */
const mostPlatforms = 64;

/** Whether every platform is to be scanned. Throws `usage` for options that speak of one image. */
export function wantsAllPlatforms(options: CommandCall['options']): boolean {
  if (text(options['platform']) !== all) return false;
  if (options['baseline'] === undefined) return true;
  throw new AppError('usage', '--baseline is the result of one platform, and does not go with --platform all.', {
    next: 'Scan each platform by its name, with its own baseline.',
  });
}

/**
 * Scans each platform of a target by itself. What cannot be scanned, or is named and not there, keeps no other from it, and
 * is in the answer with its reason. Throws where the target as a whole cannot be opened, or holds no images.
 */
export async function resultsOfAll(
  target: string,
  call: CommandCall,
  judge: (call: CommandCall) => Promise<ScanResult>,
): Promise<PlatformResults> {
  const { platform: _, ...options } = call.options;
  const found = await platformsOf(target, requestOf(target, { ...call, options }));
  if (found === undefined)
    throw new AppError('usage', '--platform all needs an OCI layout, an archive, or an image of a registry.', {
      next: 'Write registry:NAME for an image of a registry, or leave out --platform all.',
    });
  if (found.platforms.length > mostPlatforms)
    throw new AppError(
      'usage',
      `${target} names ${found.platforms.length} platforms; at most ${mostPlatforms} are scanned.`,
      {
        next: 'Scan each platform by its name.',
      },
    );
  const results: ScanResult[] = [];
  const unscanned: UnopenedPlatform[] = [...found.unopened];
  for (const platform of found.platforms.map(shownPlatform)) {
    try {
      results.push(await judge({ ...call, options: { ...options, platform } }));
    } catch (error) {
      if (!isAppError(error) || error.code === 'usage') throw error;
      reportError(error, call.terminal);
      unscanned.push({ platform, reason: error.message });
    }
  }
  return { target, results, unscanned, attestations: found.attestations };
}
