/** Differences below this are the time that a batch travels, not a clock's fault. */
const travel = 1;
/** Seconds that a request may take. */
const longestTravel = 120;

/** Seconds that an agent's clock is ahead of ours, to a tenth; its batch was on its way for a part of it. */
export function measureOffset(sentAt: string, now: Date): number {
  return Math.round((Date.parse(sentAt) - now.getTime()) / 100) / 10;
}

/**
 * Of what a batch with facts tells and what was known before. A large batch is long on its way, which makes the clock seem
 * behind; so a smaller value within the time that a request may take tells nothing new. An empty batch is quick and
 * believed.
 */
export function settleOffset(measured: number, known: number | null, facts: number): number {
  if (known === null || facts === 0) return measured;
  return measured < known && known - measured < longestTravel ? known : measured;
}

/** A moment of the agent's clock by ours. Nothing that was reported happened later than now. */
export function correctedTime(at: string, { offset, now }: { readonly offset: number; readonly now: Date }): string {
  const shift = Math.abs(offset) < travel ? 0 : offset * 1000;
  return new Date(Math.max(0, Math.min(Date.parse(at) - shift, now.getTime()))).toISOString();
}
