import type { VersionScheme } from '../scheme.ts';

/**
 * Versions of Python packages (https://packaging.python.org/specifications/version-specifiers, once PEP 440):
 * `1!2.0rc1.post2.dev3+local.4`. A version in older forms, such as `2004d`, is none.
 */
export const pep440: VersionScheme = {
  id: 'pep440',
  version: 1,
  summary: 'Versions of Python packages (PEP 440)',
  compare(left, right) {
    const [a, b] = [parse(left), parse(right)];
    return a === undefined || b === undefined ? undefined : compareVersions(a, b);
  },
};

interface Version {
  readonly epoch: bigint;
  /** Without zeros at its end: `1.0` is `1`. */
  readonly release: readonly bigint[];
  /** 0: before all others, a development release of the release itself; 1 to 3: alpha, beta, candidate; 4: no pre-release. */
  readonly stage: number;
  readonly stageNumber: bigint;
  /** -1: none. */
  readonly post: bigint;
  /** `undefined`: none, which comes after all of them. */
  readonly dev: bigint | undefined;
  readonly local: readonly string[];
}

const form =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;
const longest = 512;

/** Places of what `form` finds. */
const part = { epoch: 1, release: 2, stage: 3, stageNumber: 4, bare: 5, post: 6, postNumber: 7, dev: 8, devNumber: 9 };
const local = 10;

const stages: ReadonlyMap<string, number> = new Map([
  ['a', 1],
  ['alpha', 1],
  ['b', 2],
  ['beta', 2],
  ['c', 3],
  ['rc', 3],
  ['pre', 3],
  ['preview', 3],
]);
const finished = 4;

function parse(text: string): Version | undefined {
  const found = text.length > longest ? null : form.exec(text.trim().toLowerCase());
  if (found === null) return undefined;
  const numberAt = (place: number): bigint => BigInt(found[place] || 0);
  const stage = stages.get(found[part.stage] ?? '');
  const isPost = found[part.bare] !== undefined || found[part.post] !== undefined;
  const isDev = found[part.dev] !== undefined;
  return {
    epoch: numberAt(part.epoch),
    release: withoutZeros((found[part.release] ?? '').split('.').map(BigInt)),
    stage: stage ?? (isDev && !isPost ? 0 : finished),
    stageNumber: numberAt(part.stageNumber),
    post: isPost ? BigInt(found[part.bare] || found[part.postNumber] || 0) : -1n,
    dev: isDev ? numberAt(part.devNumber) : undefined,
    local: found[local]?.split(/[-_.]/) ?? [],
  };
}

function withoutZeros(numbers: readonly bigint[]): readonly bigint[] {
  return numbers.slice(0, numbers.findLastIndex((number) => number !== 0n) + 1);
}

function compareVersions(left: Version, right: Version): number {
  return (
    compareNumbers(left.epoch, right.epoch) ||
    compareLists(left.release, right.release, compareNumbers) ||
    left.stage - right.stage ||
    compareNumbers(left.stageNumber, right.stageNumber) ||
    compareNumbers(left.post, right.post) ||
    compareDev(left.dev, right.dev) ||
    compareLists(left.local, right.local, compareLocal)
  );
}

function compareDev(left: bigint | undefined, right: bigint | undefined): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  return compareNumbers(left, right);
}

/** Of two lists that begin alike, the shorter comes first. */
function compareLists<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (one: Item, other: Item) => number,
): number {
  for (const [at, one] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const order = compare(one, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Words come before numbers. */
function compareLocal(left: string, right: string): number {
  const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
  return leftIsNumber ? compareNumbers(BigInt(left), BigInt(right)) : Number(left > right) - Number(left < right);
}

function compareNumbers(left: bigint, right: bigint): number {
  return Number(left > right) - Number(left < right);
}
