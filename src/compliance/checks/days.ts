/** Days since a moment in ISO 8601; throws where it is none. */
export function daysSince(moment: string, now: Date): number {
  const at = Date.parse(moment);
  if (Number.isNaN(at)) throw new Error(`“${moment}” is no time`);
  return (now.getTime() - at) / 86_400_000;
}

/** The day of a moment, `2026-11-30`: unlike an age, it stays what was seen. Throws where it is none. */
export function dayOf(moment: string): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** The number that an operator's list holds; throws where it is none. */
export function dayCount(list: readonly string[]): number {
  const days = Number(list[0]);
  if (list.length !== 1 || !Number.isFinite(days) || days <= 0)
    throw new Error('the list is to hold one number above 0');
  return days;
}
