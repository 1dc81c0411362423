import { findSecrets } from './find-secrets.ts';
import type { SecretPlace, SecretSeen, SecretWhere } from './finding.ts';

/** UTF-16 units of one text, and of all texts together, that are searched: a text that is made to be slow costs seconds. */
export const longestText = 64 * 1024;
export const mostText = 1024 * 1024;

/** A short text of a document, and where it stands. */
export interface PlacedText {
  readonly text: string;
  readonly place: SecretPlace;
  readonly where: SecretWhere;
}

/** Whether texts are too long to be searched: nothing is known of them then, and none may be shown. */
export function areTooLong(texts: readonly string[]): boolean {
  const sum = texts.reduce((total, text) => total + text.length, 0);
  return sum > mostText || texts.some((text) => text.length > longestText);
}

/** Secrets in texts that are not too long. */
export function searchTexts(texts: readonly PlacedText[]): readonly SecretSeen[] {
  return texts.flatMap(({ text, place, where }) =>
    findSecrets(text, place).map(({ detector, certainty }): SecretSeen => ({ detector, certainty, where })),
  );
}
