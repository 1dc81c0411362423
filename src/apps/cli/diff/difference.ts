import { type FindingDifference, findingDifference } from '#vulnerability/index.ts';
import type { Side } from './side.ts';

type Named = Side['packages'][number];

/** All that two results differ in. */
export interface Difference extends FindingDifference {
  readonly old: string;
  readonly new: string;
  readonly packages: { readonly added: readonly Named[]; readonly gone: readonly Named[]; readonly kept: number };
  /** What either side did not see; then nothing that is said of new and gone is sure. */
  readonly doubts: readonly string[];
}

/** Compares two results: findings as `findingDifference` does, packages by type, name and version. */
export function differenceOf(before: Side, now: Side): Difference {
  const [there, here] = [byKey(before.packages), byKey(now.packages)];
  const added = [...here].flatMap(([key, one]) => (there.has(key) ? [] : [one]));
  const gone = [...there].flatMap(([key, one]) => (here.has(key) ? [] : [one]));
  return {
    ...findingDifference(now.findings, before.findings),
    old: before.target,
    new: now.target,
    packages: { added, gone, kept: here.size - added.length },
    doubts: [...sideDoubts(before), ...sideDoubts(now)],
  };
}

function byKey(packages: readonly Named[]): ReadonlyMap<string, Named> {
  return new Map(
    packages.map(({ type, name, version }) => [JSON.stringify([type, name, version]), { type, name, version }]),
  );
}

function sideDoubts({ target, doubts }: Side): readonly string[] {
  return doubts.map((doubt) => `${target}: ${doubt}`);
}
