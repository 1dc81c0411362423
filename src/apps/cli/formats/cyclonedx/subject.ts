import type { Catalog } from '#catalog/index.ts';
import type { ImageSubject } from '#image/index.ts';
import type { BillSource } from '../bill-source.ts';
import { imagePurl } from '../image-purl.ts';
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
  const purl = imagePurl(image);
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
