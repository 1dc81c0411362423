const longest = 4096;

/**
 * A path or word that is compared with the paths of images and with models. Control characters, which a container may put
 * into any name, become one sign that no image has; everything else stays as it is, unlike with `oneLine`.
 */
export function comparableName(text: string): string {
  return text
    .replace(/\p{Cc}/gu, '\uFFFD')
    .slice(0, longest)
    .toWellFormed();
}
