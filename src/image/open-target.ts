import { AppError, isAppError } from '#base/index.ts';
import { parseImageName, repositoryOf } from './image-name.ts';
import { matchesPlatform, shownPlatform } from './platform.ts';
import type { ImageSource, OpenedTarget, OpenOptions, PlatformsFound } from './source.ts';
import { registry } from './sources/registry/index.ts';
import { sources } from './sources/index.ts';

/**
 * Opens what the user named: by prefix (`archive:`, `oci:`, `docker:`, `dir:`, `sbom:`), else what exists: an OCI layout, a
 * file, a folder written like a path, an image of the local engine, and with `onRegistry` one of its registry. Throws `AppError` as `ImageSource.open`; for an
 * unknown target it says what was tried, and `platform-not-found` where another platform was asked for.
 */
export async function openTarget(target: string, options: OpenOptions): Promise<OpenedTarget> {
  const opened = await openNamed(target, options);
  if (opened.kind !== 'image' || !options.isPlatformAsked) return opened;
  const { platform } = opened.subject;
  if (matchesPlatform(platform, options.platform)) return opened;
  await opened.close();
  const message = `${target} holds no image for ${shownPlatform(options.platform)}: it is one for ${shownPlatform(platform)}.`;
  throw new AppError('platform-not-found', message, { next: 'Leave out --platform to scan the image that is there.' });
}

/**
 * Platforms that a target holds images for, found as `openTarget` finds it; `undefined` where such targets hold one image.
 * Throws as `openTarget`.
 */
export async function platformsOf(target: string, options: OpenOptions): Promise<PlatformsFound | undefined> {
  const prefixed = sources.find((source) => target.startsWith(source.prefix));
  if (prefixed !== undefined) return await prefixed.platforms?.(namedAfter(prefixed, target), options);
  for (const source of sources) if (await source.accepts(target)) return await source.platforms?.(target, options);
  throw nothingHere(target);
}

function nothingHere(target: string): AppError {
  return new AppError('target-not-found', `${target} is no file or folder here and no name of an image.`);
}

async function openNamed(target: string, options: OpenOptions): Promise<OpenedTarget> {
  const prefixed = sources.find((source) => target.startsWith(source.prefix));
  if (prefixed !== undefined) return await prefixed.open(namedAfter(prefixed, target), options);
  for (const source of sources) {
    if (!(await source.accepts(target))) continue;
    try {
      return await source.open(target, options);
    } catch (error) {
      if (source.id !== 'docker' || !isAbsent(error)) throw error;
      return await openFromRegistry(target, options, error);
    }
  }
  throw nothingHere(target);
}

function namedAfter({ prefix, summary }: ImageSource, target: string): string {
  if (target !== prefix) return target.slice(prefix.length);
  throw new AppError('target-not-found', `${prefix} names nothing.`, { next: `Name it after the colon. ${summary}.` });
}

/** Whether the engine does not have the image, or nobody can ask it. */
function isAbsent(error: unknown): error is AppError {
  return isAppError(error) && (error.code === 'target-not-found' || error.code === 'docker-unavailable');
}

/** A bare name that Docker does not know is asked of its registry where that is wanted; it may as well be a path. */
async function openFromRegistry(target: string, options: OpenOptions, absent: AppError): Promise<OpenedTarget> {
  const message = `${target} is no file, OCI layout or folder here (folders are written ./NAME), and as an image: ${absent.message}`;
  const name = parseImageName(target);
  if (name === undefined || options.onRegistry === undefined)
    throw new AppError(absent.code, message, { cause: absent, next: absent.next });
  options.onRegistry(repositoryOf(name));
  try {
    return await registry.open(target, options);
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new AppError(absent.code, `${message} ${error.message}`, { cause: error, next: error.next });
  }
}
