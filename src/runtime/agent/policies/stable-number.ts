import { createHash } from 'node:crypto';

/** A number from 1 for a key, the same in every run unless two keys meet. */
export function stableNumber(key: string, isTaken: (number: number) => boolean): number {
  let number = createHash('sha256').update(key).digest().readUInt32LE(0);
  while (number === 0 || isTaken(number)) number = (number + 1) >>> 0;
  return number;
}
