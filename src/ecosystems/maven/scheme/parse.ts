import type { Item, ListItem } from './item.ts';

/** Splits at `.` and `-` and wherever digits and letters meet, opens a list at hyphens and before qualifiers, drops trailing nulls. */
export function parseVersion(version: string): ListItem {
  const reader = new Reader();
  for (const { text, separator } of tokens(version.toLowerCase())) {
    reader.add(text);
    reader.close(separator);
  }
  return reader.finish();
}

type Separator = '.' | '-' | 'change' | 'end';

/** Runs of digits or of other characters, with what follows them; empty ones stand between two separators. */
function* tokens(version: string): Generator<{ readonly text: string; readonly separator: Separator }> {
  let start = 0;
  for (let i = 0; i < version.length; i++) {
    const character = version.charAt(i);
    if (character === '.' || character === '-') {
      yield { text: version.slice(start, i), separator: character };
      start = i + 1;
    } else if (i > start && isDigit(character) !== isDigit(version.charAt(i - 1))) {
      yield { text: version.slice(start, i), separator: 'change' };
      start = i;
    }
  }
  if (start < version.length) yield { text: version.slice(start), separator: 'end' };
}

class Reader {
  readonly #stack: ListItem[] = [{ kind: 'list', items: [] }];
  #text = '';

  add(text: string): void {
    this.#text = text;
  }

  close(separator: Separator): void {
    const text = this.#text;
    const isText = text !== '' && !isDigit(text.charAt(0));
    if (isText && (separator === 'change' || separator === 'end') && this.#top().items.length > 0) this.#open();
    this.#top().items.push(item(text, separator));
    if (separator === '-' || separator === 'change') this.#open();
  }

  finish(): ListItem {
    for (const list of this.#stack.toReversed()) dropNulls(list.items);
    return this.#stack[0] ?? { kind: 'list', items: [] };
  }

  #top(): ListItem {
    return this.#stack.at(-1) ?? { kind: 'list', items: [] };
  }

  #open(): void {
    const list: ListItem = { kind: 'list', items: [] };
    this.#top().items.push(list);
    this.#stack.push(list);
  }
}

/** Other words for the release itself and for a release candidate. */
const synonyms = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);

const abbreviations = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

function item(text: string, separator: Separator): Item {
  if (text === '') return { kind: 'number', digits: '' };
  if (isDigit(text.charAt(0))) return { kind: 'number', digits: text.replace(/^0+/, '') };
  const full = separator === 'change' ? (abbreviations.get(text) ?? text) : text;
  return { kind: 'text', text: synonyms.get(full) ?? full };
}

/** `1.0.0`, `1.ga` and `1-` are `1`. */
function dropNulls(items: Item[]): void {
  for (let i = items.length - 1; i >= 0; i--) {
    const last = items[i];
    if (last !== undefined && isNull(last)) items.splice(i, 1);
    else if (last?.kind !== 'list') return;
  }
}

function isNull(item: Item): boolean {
  switch (item.kind) {
    case 'number':
      return item.digits === '';
    case 'text':
      return item.text === '';
    case 'list':
      return item.items.length === 0;
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
