/** Ratios of pairs that were measured in turn, so that a machine whose speed drifts slows both sides. */
export interface PairedRatio {
  readonly median: number;
  /** Interval that holds the true median with at least 95 %, by order statistics: no shape is assumed. */
  readonly low: number;
  readonly high: number;
}

/** Throws when there are fewer than six pairs: then no interval of two order statistics reaches 95 %. */
export function pairedRatio(ratios: readonly number[]): PairedRatio {
  const sorted = ratios.toSorted((a, b) => a - b);
  const count = sorted.length;
  const rank = outermostRank(count);
  if (rank < 1) throw new Error(`${count} pairs are too few for an interval of 95 %.`);
  const middle = (count - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return { median, low: sorted[rank - 1] ?? 0, high: sorted[count - rank] ?? 0 };
}

/** Largest k for which fewer than 2.5 % of all samples have at most k − 1 values on one side of the median. */
function outermostRank(count: number): number {
  let tail = 0;
  let chance = 0.5 ** count;
  for (let k = 0; k <= count; k++) {
    tail += chance;
    if (tail > 0.025) return k;
    chance *= (count - k) / (k + 1);
  }
  return count;
}
