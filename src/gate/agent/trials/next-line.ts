/** When lines are tried, in milliseconds. */
export interface TrialPace {
  /** Each line is tried once within it. */
  readonly every: number;
  /** Between two tries of the first round: soon, and never so that a host notices it. */
  readonly first: number;
}

export interface NextLine<Line> {
  readonly line: Line;
  /** Milliseconds until it is to be tried. */
  readonly wait: number;
}

/**
 * The line that comes next: first those that were not tried yet, then the one whose last try is the oldest, so that tries
 * are spread over the whole period. `undefined`: there is none. `lastTry`: when the newest try of any line was.
 */
export function nextLine<Line>(
  lines: readonly Line[],
  triedAt: (line: Line) => number | undefined,
  { pace, lastTry, now }: { readonly pace: TrialPace; readonly lastTry: number | undefined; readonly now: number },
): NextLine<Line> | undefined {
  const untried = lines.find((line) => triedAt(line) === undefined);
  const spread = pace.every / Math.max(lines.length, 1);
  if (untried !== undefined) return { line: untried, wait: waitFrom(lastTry, Math.min(pace.first, spread), now) };
  const [oldest] = lines.toSorted((one, other) => (triedAt(one) ?? 0) - (triedAt(other) ?? 0));
  if (oldest === undefined) return undefined;
  const due = (triedAt(oldest) ?? 0) + pace.every - now;
  return { line: oldest, wait: Math.max(0, due, waitFrom(lastTry, spread / 2, now)) };
}

function waitFrom(lastTry: number | undefined, pause: number, now: number): number {
  return lastTry === undefined ? 0 : Math.max(0, lastTry + pause - now);
}
