import type { Selectable } from '#access/index.ts';
import type { ImageDigest } from '#base/index.ts';
import type { ImageOnHost } from '#inventory/console/index.ts';

/** An image in an environment of a host where it may be started. */
export interface Start {
  readonly image: ImageOnHost;
  readonly digest: ImageDigest;
  readonly place: Selectable & { readonly host: string };
}
