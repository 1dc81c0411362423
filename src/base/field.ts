/**
 * One value of a document, with where it was read. What a document does not hold is never taken for a value: an OCI spec has
 * no restart policy, and that is not the same as the policy `no`.
 */
export type Field<Value> = KnownField<Value> | MissingField;

export interface KnownField<Value> {
  readonly kind: 'known';
  readonly value: Value;
  /** Place in the document, as its readers name it: `HostConfig.Privileged`, `/proc/1/status CapBnd`. */
  readonly at: string;
  /** Whose default it is, where the document leaves it out and its reader says what then holds. */
  readonly default?: 'engine' | 'image' | 'kernel';
}

export interface MissingField {
  readonly kind: 'missing';
  /** Why nothing is known, as part of a sentence: `an OCI spec has no restart policy`. */
  readonly why: string;
  /** What was seen of it: what is found there is so, and what is not may be in the rest. */
  readonly part?: { readonly value: unknown; readonly at: string };
}

/** A shape as one document tells of it: each of its values known or missing. */
export type FieldsOf<Shape> = { readonly [Name in keyof Shape]: Field<Shape[Name]> };

/** A value that the document states. */
export function known<Value>(value: Value, at: string): KnownField<Value> {
  return { kind: 'known', value, at };
}

/** A value that holds because the document leaves it out. */
export function byDefault<Value>(value: Value, at: string, whose: 'engine' | 'image' | 'kernel'): KnownField<Value> {
  return { kind: 'known', value, at, default: whose };
}

/** A value that the document does not have, or that could not be read. */
export function missing(why: string): MissingField {
  return { kind: 'missing', why };
}

/** A value of which only a part could be read. */
export function partly<Value>(why: string, value: Value, at: string): MissingField {
  return { kind: 'missing', why, part: { value, at } };
}
