declare const brand: unique symbol;

/** A primitive that cannot be mistaken for another of the same kind: `Brand<string, 'ImageDigest'>`. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
