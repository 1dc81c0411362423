import { byDefault, type Field, known, missing } from '#base/index.ts';
import type { Member } from './schema.ts';

/** What a member comes to; where it is absent, what its engine takes for it. */
export function valueOf<Value, Result>(
  member: Member<Value>,
  make: (value: Value) => Result,
  absent: Result,
): Field<Result> {
  if (member.kind === 'missing') return member;
  const { value, at } = member;
  return value === null || value === undefined ? byDefault(absent, at, 'engine') : known(make(value), at);
}

/** A value that follows from two; missing where one of them is. */
export function both<Left, Right, Result>(
  left: Field<Left>,
  right: Field<Right>,
  make: (left: Left, right: Right) => Result,
): Field<Result> {
  if (left.kind === 'missing') return left;
  if (right.kind === 'missing') return right;
  return { ...merged(left, right), value: make(left.value, right.value) };
}

/** A value that follows from one, and where it has one of its own need not be asked any further. */
export function flatMapped<Value, Result>(field: Field<Value>, make: (value: Value) => Field<Result>): Field<Result> {
  return field.kind === 'missing' ? field : make(field.value);
}

export function mapped<Value, Result>(field: Field<Value>, make: (value: Value) => Result): Field<Result> {
  return field.kind === 'missing' ? field : { ...field, value: make(field.value) };
}

/** Only what an engine's document stated decides whether a value is a default. */
function merged<Left, Right>(left: Field<Left> & { kind: 'known' }, right: Field<Right> & { kind: 'known' }) {
  const at = left.at === right.at ? left.at : `${left.at}, ${right.at}`;
  const isDefault = left.default !== undefined && right.default !== undefined;
  return { kind: 'known' as const, at, ...(isDefault && { default: left.default }) };
}

/** The same reason for each of several fields. */
export function allMissing<Name extends string>(names: readonly Name[], why: string) {
  return Object.fromEntries(names.map((name) => [name, missing(why)])) as Readonly<
    Record<Name, ReturnType<typeof missing>>
  >;
}
