import type { ReferenceShape } from '#catalog/index.ts';
import { fail, pass } from '../../judgement.ts';
import { referenceCheck } from './reference-check.ts';

/** Tags that their publishers move by design. */
const floatingTags: ReadonlySet<string> = new Set(['latest']);

/** Checks of how an image is named where it is deployed. */
export const nameChecks = [
  referenceCheck({
    id: 'IMG-044',
    version: 1,
    title: 'The image is not named by a tag that moves',
    why: 'Two hosts that pull it on different days run different images under one name.',
    nist: ['4.2.2'],
    cis: ['5.28'],
    severity: 'medium',
    remedy: {
      docker: 'Name a version or a digest: registry.example/app:1.4.2@sha256:…',
      compose: 'image: registry.example/app:1.4.2@sha256:…',
      kubernetes: 'image: registry.example/app:1.4.2@sha256:…',
    },
    needs: ['tag', 'digest', 'text'],
    // With a digest in the name, engines do not look at the tag.
    judge: ({ tag, digest, text }) =>
      floatingTags.has(tag) && !(digest !== '' && text.includes('@')) ? fail(text) : pass,
  }),
  referenceCheck({
    id: 'IMG-045',
    version: 1,
    title: 'The image is pinned by its digest',
    why: 'Whoever can push a tag decides what the next pull runs; a digest always names the same content.',
    nist: ['4.2.2', '4.1.5'],
    cis: ['5.28', '6.1'],
    severity: 'high',
    remedy: {
      docker: 'Add the digest that docker buildx imagetools inspect NAME shows: registry.example/app:1.4.2@sha256:…',
      compose: 'image: registry.example/app:1.4.2@sha256:…, which docker compose config --resolve-image-digests writes',
      kubernetes: 'image: registry.example/app:1.4.2@sha256:…',
    },
    needs: ['digest', 'text'],
    judge: ({ digest, text }) => (/^sha256:[0-9a-f]{64}$/.test(digest) ? pass : fail(text)),
  }),
  referenceCheck({
    id: 'IMG-058',
    version: 1,
    title: 'The image is built for the platform of its host',
    why: 'Otherwise an emulator runs it slowly, and is one more program to trust.',
    nist: ['4.1.2'],
    severity: 'low',
    remedy: {
      docker: 'Pull the image for the host: docker pull --platform linux/amd64 NAME',
      dockerfile: 'Build it for all platforms of your hosts: docker buildx build --platform linux/amd64,linux/arm64',
    },
    needs: ['platform', 'hostPlatform'],
    judge: ({ platform, hostPlatform }) => {
      const isSame = platform.os === hostPlatform.os && platform.architecture === hostPlatform.architecture;
      const variants = [platform.variant, hostPlatform.variant];
      const isRunnable = variants.includes(undefined) || variantOf(variants[0]) <= variantOf(variants[1]);
      return isSame && isRunnable ? pass : fail(`${shown(platform)} on ${shown(hostPlatform)}`);
    },
  }),
];

/** A processor runs what was built for earlier variants of it: v7 runs v6. */
function variantOf(variant: string | undefined): number {
  return Number(/^v(\d+)/.exec(variant ?? '')?.[1] ?? 0);
}

function shown({ os, architecture, variant }: ReferenceShape['platform']): string {
  return [os, architecture, variant].filter((part) => part !== undefined).join('/');
}
