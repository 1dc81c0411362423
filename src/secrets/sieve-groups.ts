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
      const more = costOf(joined(group.halves, family.halves)) - group.cost;
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
  return one.map((bits, index) => bits | (other[index] as number));
}

/** How often four bytes of ordinary content have such halves: about, as if they came independently of each other. */
function costOf(halves: Halves): number {
  let cost = 1;
  for (let k = 0; k < wordLength; k += 1) {
    const [low, high] = [halves[2 * k] as number, halves[2 * k + 1] as number];
    let share = 0;
    for (let upper = 0; upper < 16; upper += 1) {
      if (((high >>> upper) & 1) === 0) continue;
      for (let lower = 0; lower < 16; lower += 1)
        if (((low >>> lower) & 1) === 1) share += shares[16 * upper + lower] as number;
    }
    cost *= share;
  }
  return cost;
}

/** About how often a byte stands in text and in programs, in thousandths: only what is common need be told apart. */
const shares = sharesOfBytes();

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
