/** JSON as both we and the engine read it. Objects are maps: a key stands in one once. */
export type StrictJson = null | boolean | number | string | readonly StrictJson[] | StrictObject;
export type StrictObject = ReadonlyMap<string, StrictJson>;

export type Decoded =
  | { readonly kind: 'read'; readonly value: StrictJson }
  /** Why it could mean one thing to us and another to the engine, or nothing to either. */
  | { readonly kind: 'refused'; readonly why: string };

const deepest = 64;
/** What a request may hold: as many are read in some 80 ms on a busy host, and starts wait meanwhile. */
const mostValues = 60_000;
const space = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** Up to the closing quote, whatever its escapes say. */
const string = /"[^"\\]*(?:\\.[^"\\]*)*"/suy;
const word = /true|false|null/y;

/**
 * Reads JSON exactly as Go's `encoding/json` does, or refuses it: what this takes, Go takes for the same. Refused besides:
 * a key that an object has twice, NUL, half a surrogate pair, bytes that are no UTF-8, a byte order mark, and more than 64
 * levels or 60,000 values.
 */
export function decodeStrictly(bytes: Uint8Array): Decoded {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const reader = new Reader(text);
    const value = reader.value(0);
    reader.skip(space);
    if (reader.at < text.length) throw new Refusal('something follows its end');
    return { kind: 'read', value };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', why: error.message };
    if (error instanceof TypeError) return { kind: 'refused', why: 'it is not UTF-8' };
    throw error;
  }
}

class Refusal extends Error {}

class Reader {
  at = 0;
  private values = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): StrictJson {
    if (depth > deepest) throw new Refusal(`it is more than ${deepest} levels deep`);
    this.values += 1;
    if (this.values > mostValues) throw new Refusal(`it holds more than ${mostValues} values`);
    this.skip(space);
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
      case 'f':
      case 'n':
        return wordValue(this.take(word));
      default:
        return this.number();
    }
  }

  /** Moves over what matches here; the pattern matches the empty text as well. */
  skip(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    if (pattern.test(this.text)) this.at = pattern.lastIndex;
  }

  private object(depth: number): StrictObject {
    const found = new Map<string, StrictJson>();
    this.at += 1;
    if (this.ends('}')) return found;
    do {
      this.skip(space);
      const key = this.string();
      if (found.has(key)) throw new Refusal(`it has the key ${JSON.stringify(key)} twice in one object`);
      this.skip(space);
      this.literally(':');
      found.set(key, this.value(depth + 1));
    } while (this.goesOn('}'));
    return found;
  }

  private array(depth: number): readonly StrictJson[] {
    const found: StrictJson[] = [];
    this.at += 1;
    if (this.ends(']')) return found;
    do found.push(this.value(depth + 1));
    while (this.goesOn(']'));
    return found;
  }

  private ends(bracket: string): boolean {
    this.skip(space);
    if (this.text[this.at] !== bracket) return false;
    this.at += 1;
    return true;
  }

  private goesOn(bracket: string): boolean {
    if (this.ends(bracket)) return false;
    this.literally(',');
    return true;
  }

  private literally(sign: string): void {
    if (this.text[this.at] !== sign) throw this.unexpected();
    this.at += 1;
  }

  private string(): string {
    const value = textOf(this.take(string));
    if (value === undefined)
      throw new Refusal('a text in it has control characters or escapes that JSON does not know');
    if (!value.isWellFormed()) throw new Refusal('a text in it has half a surrogate pair');
    if (value.includes('\u0000')) throw new Refusal('a text in it has a NUL');
    return value;
  }

  private number(): number {
    const value = Number(this.take(number));
    if (!Number.isFinite(value)) throw new Refusal('a number in it is too large');
    return value;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) throw this.unexpected();
    this.at = pattern.lastIndex;
    return found;
  }

  private unexpected(): Refusal {
    return new Refusal(this.at >= this.text.length ? 'it ends too early' : `it is no JSON at character ${this.at + 1}`);
  }
}

function wordValue(found: string): boolean | null {
  return found === 'null' ? null : found === 'true';
}

function textOf(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
