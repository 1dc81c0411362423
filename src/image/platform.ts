import type { Platform } from './contract.ts';

/** Go's names, which images use, for Node's. */
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
  mipsel: 'mipsle',
};

/** Platform of images that a machine runs: always Linux ones. `architecture` as `process.arch` writes it. */
export function hostPlatform(architecture: string): Platform {
  return { os: 'linux', architecture: architectures[architecture] ?? architecture };
}

/** Whether an image is for a platform; `arm64` means `v8`, and a platform without variant accepts any. */
export function matchesPlatform(image: Platform, wanted: Platform): boolean {
  if (image.os !== wanted.os || image.architecture !== wanted.architecture) return false;
  return wanted.variant === undefined || variantOf(image) === variantOf(wanted);
}

export function shownPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** The same platform with the variant that it means where none is written. */
export function wholePlatform(platform: Platform): Platform {
  const variant = variantOf(platform);
  return variant === undefined ? platform : { ...platform, variant };
}

function variantOf({ architecture, variant }: Platform): string | undefined {
  return variant ?? { arm64: 'v8', arm: 'v7', amd64: 'v1' }[architecture];
}
