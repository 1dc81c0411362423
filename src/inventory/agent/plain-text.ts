/** Text that may stand on one line of a fact: control characters become spaces, it is cut where it is too long. */
export function plainText(text: string, longest: number): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, longest);
}

/** The first items of a list, each as plain text. */
export function plainTexts(
  texts: readonly string[] | null | undefined,
  limits: { readonly most: number; readonly longest: number },
): string[] {
  return (texts ?? []).slice(0, limits.most).map((text) => plainText(text, limits.longest));
}
