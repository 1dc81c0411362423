import { AppError, type Environment } from '#base/index.ts';
import { defaultLimits, type Platform, type ScanLimits } from '#image/index.ts';
import { type OptionValue, text } from '../command.ts';
import { hostPlatform } from './scan-target.ts';

type Options = Readonly<Record<string, OptionValue>>;

/** Milliseconds; a timer that is longer would end at once. */
const longestTimer = 2 ** 31 - 1;

export function limitsOf(options: Options): ScanLimits {
  return {
    layerBytes: size(options['maxUnpacked'], '--max-unpacked') ?? defaultLimits.layerBytes,
    layerEntries: size(options['maxEntries'], '--max-entries') ?? defaultLimits.layerEntries,
    fileBytes: size(options['maxFile'], '--max-file') ?? defaultLimits.fileBytes,
    archiveDepth: size(options['maxDepth'], '--max-depth') ?? defaultLimits.archiveDepth,
    layerMilliseconds: Math.min(
      longestTimer,
      (size(options['maxSeconds'], '--max-seconds') ?? defaultLimits.layerMilliseconds / 1000) * 1000,
    ),
  };
}

export function platformOf(options: Options): Platform {
  const named = text(options['platform']);
  if (named === undefined) return hostPlatform();
  const [os, architecture, variant, ...rest] = named.split('/');
  if (!os || !architecture || rest.length > 0)
    throw new AppError('usage', `--platform ${named} is not of the form os/architecture, like linux/arm64.`);
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/**
 * Socket of the Docker engine: `DOCKER_HOST=unix://…`, else Docker's own default. An address of another kind stays as it
 * is, so that the engine is named as unreachable and no other one is asked in its place.
 */
export function dockerSocketOf(environment: Environment): string {
  const named = environment['DOCKER_HOST'];
  return named === undefined || named === '' ? '/var/run/docker.sock' : named.replace(/^unix:\/\//, '');
}

/** A whole number with an optional K, M, G or T (powers of 1024). */
function size(value: OptionValue, flag: string): number | undefined {
  const written = text(value);
  if (written === undefined) return undefined;
  const match = /^(\d{1,12})([KMGT]?)(?:i?B)?$/i.exec(written);
  const unit = (match?.[2] ?? '').toUpperCase();
  const bytes = Number(match?.[1] ?? 0) * (unit === '' ? 1 : 1024 ** ('KMGT'.indexOf(unit) + 1));
  if (bytes < 1 || !Number.isSafeInteger(bytes))
    throw new AppError('usage', `${flag} ${written} is no size; write a whole number, or one with K, M, G or T.`);
  return bytes;
}
