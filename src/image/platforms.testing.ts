import { openTarget, platformsOf } from './open-target.ts';
import { shownPlatform } from './platform.ts';
import { defaultLimits, type OpenOptions } from './source.ts';

const options: OpenOptions = {
  platform: { os: 'linux', architecture: 'amd64' },
  limits: defaultLimits,
  dockerSocket: '/nowhere/no.sock',
};

/** What a target says of its platforms. */
export async function listed(target: string): Promise<unknown> {
  const found = await platformsOf(target, options);
  return found && { ...found, platforms: found.platforms.map(shownPlatform) };
}

/** Digests of the images of a target, each opened by a platform that is listed. */
export async function opened(target: string): Promise<readonly string[]> {
  const found = await platformsOf(target, options);
  const digests: string[] = [];
  for (const platform of found?.platforms ?? []) {
    const one = await openTarget(target, { ...options, platform, isPlatformAsked: true });
    if (one.kind === 'image') digests.push(one.subject.digest);
    await one.close();
  }
  return digests;
}
