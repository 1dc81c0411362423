/** A list whose items are made when they are written: there may be more of them than memory is for. */
export interface LazyList {
  readonly lazy: () => Iterable<unknown>;
}

/** A list that is made while it is written. */
export function lazyList(make: () => Iterable<unknown>): LazyList {
  return { lazy: make };
}

/** From here on values are written on one line. */
const depthOfItems = 4;

/** The text of a document, in pieces. Its lists of the first levels begin a line with each item. */
export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  if (isLazy(value)) yield* listPieces(value.lazy(), depthOfItems);
  else if (Array.isArray(value) && depth <= depthOfItems) yield* listPieces(value, depth + 1);
  else if (depth < depthOfItems && typeof value === 'object' && value !== null) yield* memberPieces(value, depth);
  else yield JSON.stringify(value);
}

function* listPieces(items: Iterable<unknown>, depth: number): Generator<string> {
  let before = '[\n';
  for (const item of items) {
    yield before;
    yield* jsonPieces(item, depth);
    before = ',\n';
  }
  yield before === '[\n' ? '[]' : '\n]';
}

function* memberPieces(value: object, depth: number): Generator<string> {
  let before = '{\n';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(name)}: `;
    yield* jsonPieces(member, depth + 1);
    before = ',\n';
  }
  yield before === '{\n' ? '{}' : '\n}';
}

function isLazy(value: unknown): value is LazyList {
  return typeof value === 'object' && value !== null && 'lazy' in value && typeof value.lazy === 'function';
}
