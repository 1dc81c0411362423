/** A place where a text stands. */
export interface Surroundings {
  /** What stands before it. */
  readonly before: string;
  /** The text itself, and what stands behind it. */
  readonly from: string;
}

/** Bytes that are kept around a text, and places where it stands. */
const surroundings = { before: 120, from: 160, most: 64 } as const;

/** Where a text stands in bytes, the first places of it. */
export function placesIn(bytes: Buffer, text: string, start = 0): readonly number[] {
  const places: number[] = [];
  let at = bytes.indexOf(text, start, 'latin1');
  while (at !== -1 && places.length < surroundings.most) {
    places.push(at);
    at = bytes.indexOf(text, at + 1, 'latin1');
  }
  return places;
}

/** What stands around a place. */
export function surroundingsOf(bytes: Buffer, at: number): Surroundings {
  return {
    before: bytes.toString('latin1', Math.max(0, at - surroundings.before), at),
    from: bytes.toString('latin1', at, at + surroundings.from),
  };
}

/** Finds texts in a file that streams by, and keeps what stands around them. */
export class SoughtTexts {
  readonly #found: ReadonlyMap<string, Surroundings[]>;
  #held: Buffer = Buffer.alloc(0);
  /** Of what is held, places before this one are known. */
  #searched = 0;

  constructor(texts: readonly string[]) {
    this.#found = new Map(texts.map((text) => [text, []]));
  }

  write(chunk: Buffer): void {
    if (this.#found.size === 0) return;
    this.#held = Buffer.concat([this.#held, chunk]);
    this.#search(this.#held.length - surroundings.from);
    const from = Math.max(0, this.#searched - surroundings.before);
    this.#held = this.#held.subarray(from);
    this.#searched -= from;
  }

  /** The file is over. */
  end(): void {
    this.#search(this.#held.length);
    this.#held = Buffer.alloc(0);
    this.#searched = 0;
  }

  around(text: string): readonly Surroundings[] {
    return this.#found.get(text) ?? [];
  }

  /** Of places before `end` all that stands around them is held. */
  #search(end: number): void {
    if (end <= this.#searched) return;
    for (const [text, found] of this.#found) {
      const places = placesIn(this.#held, text, this.#searched).filter((at) => at < end);
      const left = surroundings.most - found.length;
      found.push(...places.slice(0, left).map((at) => surroundingsOf(this.#held, at)));
    }
    this.#searched = end;
  }
}
