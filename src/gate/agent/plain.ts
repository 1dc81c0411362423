/** Text that may stand on one line of a fact, whoever wrote it: control characters become spaces, it is cut where it is too long. */
export function plain(text: string, longest: number): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, longest)
    .toWellFormed();
}
