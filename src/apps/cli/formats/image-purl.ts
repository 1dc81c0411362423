import { PackageURL } from 'packageurl-js';
import { type ImageSubject, parseImageName, repositoryOf } from '#image/index.ts';

/** `pkg:oci` names the manifest, so there is none without it. */
export function imagePurl({ names, manifestDigest, platform }: ImageSubject): string | undefined {
  const name = [...names].sort().flatMap((one) => parseImageName(one) ?? [])[0];
  if (name === undefined || manifestDigest === undefined) return undefined;
  return new PackageURL(
    'oci',
    undefined,
    name.path.split('/').at(-1) ?? name.path,
    manifestDigest,
    {
      arch: platform.architecture,
      repository_url: repositoryOf(name),
      ...(name.tag === undefined ? {} : { tag: name.tag }),
    },
    undefined,
  ).toString();
}
