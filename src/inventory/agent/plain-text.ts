import { oneLine } from '#base/index.ts';

/** The first items of a list, each on one line. */
export function plainTexts(
  texts: readonly string[] | null | undefined,
  limits: { readonly most: number; readonly longest: number },
): string[] {
  return (texts ?? []).slice(0, limits.most).map((text) => oneLine(text, limits.longest));
}
