import { hash } from 'node:crypto';

/** SHA-256, 32 bytes. */
export type Hash = Buffer;

const leafMark = Buffer.of(0);
const innerMark = Buffer.of(1);

/** SHA-256(0x00 ‖ text): what a leaf is called in a tree. */
export function leafHash(text: string): Hash {
  return hash('sha256', Buffer.concat([leafMark, Buffer.from(text)]), 'buffer');
}

/** Root of some leaves as RFC 6962 makes it. Throws for none: an empty batch is never sealed. */
export function rootOf(leaves: readonly Hash[]): Hash {
  const levels = levelsOf(leaves);
  const [root] = levels.at(-1) ?? [];
  if (root === undefined) throw new Error('A batch without leaves has no root.');
  return root;
}

/** Hashes beside the way from each leaf to the root, the lowest first: what proves that it is in the tree. */
export function proofsOf(leaves: readonly Hash[]): (position: number) => readonly string[] {
  const levels = levelsOf(leaves);
  return (position) => {
    if (position < 0 || position >= leaves.length) throw new Error(`There is no leaf ${position} of ${leaves.length}.`);
    return levels.slice(0, -1).flatMap((level, height) => {
      const beside = level[Math.floor(position / 2 ** height) ^ 1];
      return beside === undefined ? [] : [beside.toString('hex')];
    });
  };
}

export interface Inclusion {
  readonly leaf: Hash;
  readonly position: number;
  /** Leaves of the tree. */
  readonly count: number;
  readonly path: readonly string[];
  /** Hex. */
  readonly root: string;
}

/** Whether exactly this leaf stands at this position of the tree. */
export function isIncluded({ leaf, position, count, path, root }: Inclusion): boolean {
  if (!Number.isSafeInteger(position) || position < 0 || position >= count) return false;
  let [at, last, own, used] = [position, count - 1, leaf, 0];
  while (last > 0) {
    const isLeft = at % 2 === 0;
    // The last one of a level may stand alone: it goes up as it is.
    if (!isLeft || at < last) {
      const beside = path[used++];
      if (beside === undefined || !hashPattern.test(beside)) return false;
      const other = Buffer.from(beside, 'hex');
      own = isLeft ? innerHash(own, other) : innerHash(other, own);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return used === path.length && own.toString('hex') === root;
}

const hashPattern = /^[0-9a-f]{64}$/;

function innerHash(left: Hash, right: Hash): Hash {
  return hash('sha256', Buffer.concat([innerMark, left, right]), 'buffer');
}

/** All levels, the leaves first; one that stands alone at the end of a level goes up as it is. */
function levelsOf(leaves: readonly Hash[]): readonly (readonly Hash[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) level = levelAbove(level);
  return levels;
}

function levelAbove(level: readonly Hash[]): readonly Hash[] {
  return Array.from({ length: Math.ceil(level.length / 2) }, (_, at) => {
    const [left, right] = [level[at * 2], level[at * 2 + 1]];
    if (left === undefined) throw new Error('A level has a gap.');
    return right === undefined ? left : innerHash(left, right);
  });
}
