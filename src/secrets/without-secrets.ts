import { findSecrets } from './find-secrets.ts';
import type { SecretPlace } from './finding.ts';
import { redact, redactWhole } from './redact.ts';
import { longestText, mostText } from './search-texts.ts';

/**
 * Texts without their secrets, the same everywhere: what is redacted so has no id, because texts of several hosts are
 * compared. Of texts that are too long to be searched nothing is shown. Redacting again changes nothing.
 */
export function textsWithoutSecrets(texts: readonly string[], place: SecretPlace): readonly string[] {
  return redactEach(texts.map((text) => ({ text, place })));
}

/** Labels without the secrets in their values. */
export function labelsWithoutSecrets(labels: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(labels);
  const values = redactEach(Object.entries(labels).map(([name, text]) => ({ text, place: { kind: 'label', name } })));
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
}

/**
 * Words of a command without its secrets. They are searched as one line: the word behind `--password` is one because of the
 * word before it.
 */
export function wordsWithoutSecrets(words: readonly string[]): readonly string[] {
  let length = -1;
  const shown = words.map((word) => {
    if (length + 1 + word.length > longestText) return hideLong(word);
    length += 1 + word.length;
    return word;
  });
  const findings = findSecrets(shown.join(' '), { kind: 'arguments' });
  let at = 0;
  return shown.map((word) => {
    const [from, to] = [at, at + word.length];
    at = to + 1;
    const inside = findings.flatMap((finding) => {
      const begin = Math.max(finding.offset, from);
      const end = Math.min(finding.offset + finding.length, to);
      return begin < end ? [{ ...finding, offset: begin - from, length: end - begin }] : [];
    });
    return redact(word, inside);
  });
}

function redactEach(texts: readonly { readonly text: string; readonly place: SecretPlace }[]): readonly string[] {
  let left = mostText;
  return texts.map(({ text, place }) => {
    if (text.length > longestText || text.length > left) return hideLong(text);
    left -= text.length;
    return redact(text, findSecrets(text, place));
  });
}

function hideLong(text: string): string {
  return /^‹redacted len=\d{1,9}›$/.test(text) ? text : redactWhole(text);
}
