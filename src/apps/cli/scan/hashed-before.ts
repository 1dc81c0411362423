import type { DigestKeeping } from '#image/index.ts';
import type { CommandCall } from '../command.ts';
import { ownCache } from '../own-folder.ts';
import { userId } from './database-here.ts';
import type { ScanResult } from './result.ts';

type Hashed = NonNullable<ScanResult['hashed']>;

/** What a scan may take from the digests of earlier scans, and what it took. */
interface HashedBefore {
  readonly forImage: DigestKeeping | undefined;
  readonly forDatabase: DigestKeeping | undefined;
  readonly found: Hashed;
}

/** For a scan that is judged on this machine alone: what others are to believe is hashed for them. */
export function hashedBefore({ options, env }: Pick<CommandCall, 'options' | 'env'>): HashedBefore {
  const found: { -readonly [what in keyof Hashed]: Hashed[what] } = { image: 'now', database: 'now' };
  const cacheFolder = options['verify'] === true || options['cache'] === false ? undefined : ownCache(env, userId());
  const keepingOf = (what: keyof Hashed): DigestKeeping | undefined =>
    cacheFolder === undefined
      ? undefined
      : { cacheFolder, uid: userId(), now: Date.now, onRecall: () => void (found[what] = 'before') };
  return { forImage: keepingOf('image'), forDatabase: keepingOf('database'), found };
}
