/** A risk without decimals, as the pages show it: from just under a whole one it is not rounded up. */
export function wholeRisk(score: number): string {
  return String(Math.floor(score + 1e-9));
}
