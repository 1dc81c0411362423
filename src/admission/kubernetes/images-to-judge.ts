import { imagesOf, type PodImage } from './images-of.ts';
import type { AskedPod } from './pod-of.ts';
import type { Pod } from './schema.ts';

/**
 * The images of a pod or template that a change brings. What stands there as it stood before starts nothing: to judge
 * it again would keep a pod from being ended, or a controller from noting something in it. A template may leave an
 * image to be filled in; a pod may not.
 */
export function imagesToJudge({
  kind,
  pod,
  before,
}: AskedPod & { readonly kind: 'pod' | 'template' }): readonly PodImage[] {
  const keyOf = keysIn(pod);
  const keyBefore = keysIn(before ?? pod);
  const stood = new Set(before === undefined ? [] : imagesOf(before.spec).map(keyBefore));
  return imagesOf(pod.spec)
    .filter((image) => kind === 'pod' || image.reference !== '')
    .filter((image) => !stood.has(keyOf(image)));
}

/** All that is judged of an image in a pod, as a text. */
function keysIn({ spec }: Pod): (image: PodImage) => string {
  const { containers: _, initContainers: __, ephemeralContainers: ___, ...shared } = spec;
  const settings = JSON.stringify(shared);
  return (image) => `${settings} ${JSON.stringify(image)}`;
}
