import type { Clock } from '#base/index.ts';
import type { Vault } from '../dependencies.ts';
import type { Checks } from './provider.ts';

/** Holds what has to come back from the provider; sealed, so that neither a page nor the person reads or changes it. */
export const attemptCookie = 'seawall_sign_in';

/** Seconds that signing in at the provider may take. */
export const attemptSeconds = 600;
const purpose = 'sign-in attempt';

/** A sign-in that this browser began, and when its time is over, in milliseconds. */
export interface OpenedAttempt {
  readonly checks: Checks;
  readonly until: number;
}

interface Attempt extends Checks {
  /** Milliseconds. */
  readonly until: number;
}

/** What the browser that began keeps: an answer is taken from no other, and none from before. */
export function sealAttempt(vault: Vault, clock: Clock, checks: Checks): string {
  const attempt: Attempt = { ...checks, until: clock().getTime() + attemptSeconds * 1000 };
  return vault.seal(Buffer.from(JSON.stringify(attempt)), purpose).toString('base64url');
}

/** Nothing for a cookie that is missing, changed or too old. */
export function openAttempt(vault: Vault, clock: Clock, cookie: string | undefined): OpenedAttempt | undefined {
  if (cookie === undefined || cookie.length > 4096) return undefined;
  try {
    const { until, ...checks } = JSON.parse(String(vault.unseal(Buffer.from(cookie, 'base64url'), purpose))) as Attempt;
    return until > clock().getTime() ? { checks, until } : undefined;
  } catch {
    return undefined;
  }
}
