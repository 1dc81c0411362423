/** Numbers that are the same for the same seed (mulberry32). */
export interface Random {
  /** Below `limit`. */
  number(limit: number): number;
  text(alphabet: string, length: number): string;
  bytes(length: number): Buffer;
  pick<Value>(values: readonly Value[]): Value;
}

export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const lower = 'abcdefghijklmnopqrstuvwxyz';
export const digits = '0123456789';
export const alphanumeric = upper + lower + digits;
export const urlSafe = `${alphanumeric}_-`;
export const hex = '0123456789abcdef';

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const number = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    number,
    text: (alphabet, length) => Array.from({ length }, () => alphabet[number(alphabet.length)]).join(''),
    bytes: (length) => Buffer.from(Array.from({ length }, () => number(256))),
    pick: (values) => values[number(values.length)] as (typeof values)[number],
  };
}
