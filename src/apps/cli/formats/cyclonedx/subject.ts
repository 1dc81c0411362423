import { PackageURL } from 'packageurl-js';
import type { Catalog } from '#catalog/index.ts';
import { type ImageSubject, parseImageName, repositoryOf } from '#image/index.ts';
import type { BillSource } from './bill-source.ts';
import { properties, unlessEmpty } from './property.ts';

interface RootComponent extends Readonly<Record<string, unknown>> {
  readonly 'bom-ref': string;
}

/** What the bill is of. */
export function subjectComponent({ subject, target }: Pick<BillSource, 'subject' | 'target'>): RootComponent {
  if (subject.kind === 'image') return imageComponent(subject, target);
  return {
    'bom-ref': subject.id,
    type: subject.path === '/' ? 'operating-system' : 'application',
    name: subject.name,
  };
}

/** An image is its config digest; its names prove nothing. */
function imageComponent(image: ImageSubject, target: string): RootComponent {
  const { os, architecture, variant } = image.platform;
  const name = [...image.names].sort()[0] ?? target;
  const purl = purlOf(image);
  return {
    'bom-ref': image.digest,
    type: 'container',
    name,
    version: image.digest,
    hashes: [{ alg: 'SHA-256', content: image.digest.replace('sha256:', '') }],
    ...(purl === undefined ? {} : { purl }),
    ...unlessEmpty('properties', [
      ...properties({
        'image:digest': image.digest,
        'image:manifestDigest': image.manifestDigest,
        'image:indexDigest': image.indexDigest,
        'image:platform': [os, architecture, ...(variant === undefined ? [] : [variant])].join('/'),
        'image:created': image.created,
      }),
      ...image.layers.flatMap(({ diffId }) => properties({ 'image:diffId': diffId })),
    ]),
  };
}

/** `pkg:oci` names the manifest, so there is none without it. */
function purlOf({ names, manifestDigest, platform }: ImageSubject): string | undefined {
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

/** The distribution, which readers of bills look for to judge its packages. */
export function systemComponent({ distribution }: Catalog): RootComponent | undefined {
  if (distribution === undefined) return undefined;
  const { id, version, name } = distribution;
  return {
    'bom-ref': `operating-system:${id}@${version ?? 'unknown'}`,
    type: 'operating-system',
    name: id,
    description: name,
    ...(version === undefined ? {} : { version }),
  };
}
