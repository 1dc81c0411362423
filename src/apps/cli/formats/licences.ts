import known from './spdx-ids.json' with { type: 'json' };

/** Ids of licences and of exceptions (SPDX licence list 3.29). */
const ids: ReadonlySet<string> = new Set(known);

/** What the manifest of a package declares, in CycloneDX's form. Only text of SPDX's own grammar is an id or an expression; all else is a name. */
export function licencesOf(declared: readonly string[]): readonly object[] {
  const texts = [...new Set(declared.map((text) => text.trim()))].filter((text) => text !== '');
  const [first = '', ...others] = texts;
  // The format takes one expression alone, or a list of licences.
  if (others.length === 0 && !ids.has(first) && isExpression(first))
    return [{ expression: first, acknowledgement: 'declared' }];
  return texts.map((text) => ({
    license: { ...(ids.has(text) ? { id: text } : { name: text }), acknowledgement: 'declared' },
  }));
}

/** Whether a text is an id or an expression of SPDX. */
export function isSpdx(text: string): boolean {
  return ids.has(text) || isExpression(text);
}

/** Reduces an expression step by step: each known id becomes `L`, and what is joined is one `L` again. */
function isExpression(text: string): boolean {
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  let left = words.map((word) => (/^(?:AND|OR|WITH|[()])$/.test(word) ? word : isLicence(word) ? 'L' : '?')).join(' ');
  for (;;) {
    const next = left
      .replace(/L WITH L/g, 'L')
      .replace(/L (?:AND|OR) L/g, 'L')
      .replace(/\( L \)/g, 'L');
    if (next === left) return left === 'L';
    left = next;
  }
}

function isLicence(word: string): boolean {
  return ids.has(word.replace(/\+$/, '')) || /^(?:DocumentRef-[\w.-]+:)?LicenseRef-[\w.-]+$/.test(word);
}
