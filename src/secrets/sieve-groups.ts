import { wordLength } from './sieve.ts';

/** Of words, which halves of bytes they have at each place: bits of the lower halves, then of the upper ones. */
type Halves = Int32Array;

interface Group {
  halves: Halves;
  cost: number;
  readonly words: number[];
}

/**
 * Puts words of four bytes, each a number with its first byte highest, into so many groups that few other texts have all
 * halves of bytes that the words of one group have. Words that begin alike stay together; those that are hardest to tell
 * from other texts are placed first, each where it costs least.
 */
export function groupedWords(words: readonly number[], count: number): readonly (readonly number[])[] {
  const groups = Array.from({ length: count }, () => groupOf([]));
  const alike = Map.groupBy(words, (word) => word >>> 16).values();
  for (const family of [...alike].map(groupOf).sort((one, other) => other.cost - one.cost)) {
    let [best, least] = [groups[0], Number.POSITIVE_INFINITY];
    for (const group of groups) {
      const more = costOf(group.halves, family.halves) - group.cost;
      if (more < least) [best, least] = [group, more];
    }
    if (best === undefined) break;
    best.halves = joined(best.halves, family.halves);
    best.cost += least;
    best.words.push(...family.words);
  }
  return groups.map((group) => group.words);
}

function groupOf(words: number[]): Group {
  const halves = new Int32Array(2 * wordLength);
  for (const word of words) {
    for (let k = 0; k < wordLength; k += 1) {
      const byte = (word >>> (24 - 8 * k)) & 0xff;
      halves[2 * k] = (halves[2 * k] as number) | (1 << (byte & 15));
      halves[2 * k + 1] = (halves[2 * k + 1] as number) | (1 << (byte >>> 4));
    }
  }
  return { halves, cost: costOf(halves), words };
}

function joined(one: Halves, other: Halves): Halves {
  const both = new Int32Array(one.length);
  for (let index = 0; index < both.length; index += 1) both[index] = (one[index] as number) | (other[index] as number);
  return both;
}

/** How often four bytes of ordinary content have such halves: about, as if they came independently of each other. */
function costOf(one: Halves, other: Halves = one): number {
  let cost = 1;
  for (let k = 0; k < wordLength; k += 1) {
    const low = (one[2 * k] as number) | (other[2 * k] as number);
    let share = 0;
    for (let left = (one[2 * k + 1] as number) | (other[2 * k + 1] as number); left !== 0; left &= left - 1) {
      const upper = (31 - Math.clz32(left & -left)) << 9;
      share +=
        (sharesOfHalves[upper | (low & 0xff)] as number) + (sharesOfHalves[upper | 0x100 | (low >>> 8)] as number);
    }
    cost *= share;
  }
  return cost;
}

/** About how often a byte stands in text and in programs, in thousandths: only what is common need be told apart. */
const shares = sharesOfBytes();

/** By upper half: the shares together of all bytes with lower halves of a set, for each set of the first eight, then of the others. */
const sharesOfHalves = new Float64Array(16 * 2 * 256);
for (let sets = 0; sets < 32; sets += 1)
  for (let one = 1; one < 256; one += 1) {
    const lowest = 31 - Math.clz32(one & -one);
    const rest = sharesOfHalves[(sets << 8) | (one & (one - 1))] as number;
    sharesOfHalves[(sets << 8) | one] = rest + (shares[8 * sets + lowest] as number);
  }

function sharesOfBytes(): Float64Array {
  const all = new Float64Array(256).fill(2);
  const give = (text: string, share: number): void => {
    for (const byte of Buffer.from(text, 'latin1')) all[byte] = share;
  };
  give('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 5);
  give('bfghjkquvwxyz/.-_"\n', 8);
  give('acdeilmnoprst', 21);
  give(' ', 43);
  give('\0', 65);
  return all.map((share) => share / 1000);
}
