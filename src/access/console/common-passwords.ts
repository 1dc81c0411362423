import list from './common-passwords.json' with { type: 'json' };

/** In lower case, the longest first. */
export const commonPasswords: readonly string[] = list.words
  .flatMap((line) => line.split(' '))
  .toSorted((one, other) => other.length - one.length);
