/** One of Seawall's own facts, for which the format has no field. */
export interface Property {
  readonly name: `seawall:${string}`;
  readonly value: string;
}

/** The facts that are known, by their names without the prefix. */
export function properties(facts: Readonly<Record<string, string | number | undefined>>): readonly Property[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name: `seawall:${name}` as const, value: String(value) }],
  );
}

/** `{ key: list }`, or nothing where the list is empty. */
export function unlessEmpty(key: string, list: readonly unknown[]): Readonly<Record<string, readonly unknown[]>> {
  return list.length === 0 ? {} : { [key]: list };
}
