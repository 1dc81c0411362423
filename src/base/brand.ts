declare const brands: unique symbol;

/**
 * A primitive that cannot be mistaken for another of the same kind: `Brand<string, 'Digest'>`.
 * Brands add up: an `ImageDigest` is a `Digest` too.
 */
export type Brand<Value, Name extends string> = Value & { readonly [brands]: { readonly [Key in Name]: true } };
