import { limits } from '../limits.ts';

/** What wrong passwords are counted for: each has its own patience. */
export type Scale = 'network' | 'around' | 'browser' | 'session' | 'account';

interface Patience {
  /** Wrong passwords before the next one has to wait. */
  readonly free: number;
  /** Seconds that it waits at most. */
  readonly longest: number;
}

/** An account makes nobody wait: whoever attacks it from elsewhere would lock its user out. */
const own: Patience = { free: limits.wrongPasswords.value, longest: limits.longestWait.value };
const patience: Readonly<Record<Exclude<Scale, 'account'>, Patience>> = {
  network: own,
  around: { free: 30, longest: limits.longestWaitAround.value },
  browser: own,
  session: own,
};

const minute = 60_000;
/** Wrong passwords for one account by which it counts as attacked; with each as many again, waits double. */
const attack = 20;
const steepest = 16;
/** Counts above it make no difference, so that an attack that ended is soon forgotten. */
const highest: Readonly<Record<Scale, number>> = { network: 12, around: 34, browser: 12, session: 12, account: 100 };

/** How many wrong passwords count, as of a moment. */
export interface Level {
  readonly level: number;
  readonly at: Date;
}

/** One wrong password is forgotten each minute. */
export function levelAt({ level, at }: Level, now: Date): number {
  return Math.max(0, level - Math.max(0, now.getTime() - at.getTime()) / minute);
}

/** The level with one more wrong password. */
export function raised(before: Level, now: Date, scale: Scale): number {
  return Math.min(highest[scale], levelAt(before, now) + 1);
}

/**
 * Seconds that the next password of the same network, browser or session waits. Where the account is under attack, a
 * network has one free try, and waits grow faster.
 */
export function waitAfter(scale: Exclude<Scale, 'account'>, level: number, ofAccount: number): number {
  const { free, longest } = patience[scale];
  const pressure = scale === 'network' ? Math.floor(ofAccount / attack) : 0;
  const beyond = Math.ceil(level) - (pressure > 0 ? 1 : free);
  if (beyond <= 0) return 0;
  return Math.min(longest, 2 ** (beyond - 1) * Math.min(steepest, 2 ** pressure));
}

/** Milliseconds after which nothing of a count is left. */
export const forgottenAfter = Math.max(...Object.values(highest)) * minute;
