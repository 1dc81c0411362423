import { signInPath } from './link-secret.ts';

/** Where the OpenID Connect provider sends the browser back to. */
export const answerPath = '/sign-in/provider';

let kept: string | undefined;

/**
 * Takes the provider's answer out of the address bar and the history, before the pages read the address: they would take
 * numbers in it for numbers. Call it before anything else.
 */
export function keepAnswer({ location, history }: Pick<Window, 'location' | 'history'>): void {
  if (location.pathname !== answerPath || location.search === '') return;
  kept = location.search.slice(1);
  history.replaceState(null, '', answerPath);
}

/** The answer, once: a code signs in once. */
export function takeAnswer(): string | undefined {
  const answer = kept;
  kept = undefined;
  return answer;
}

const nextKey = 'seawall-after-sign-in';

/** Remembers in this tab where to go once the provider has sent the browser back. */
export function keepNext(next: string | undefined): void {
  if (next === undefined) sessionStorage.removeItem(nextKey);
  else sessionStorage.setItem(nextKey, next);
}

export function takeNext(): string | undefined {
  const next = sessionStorage.getItem(nextKey) ?? undefined;
  sessionStorage.removeItem(nextKey);
  return next;
}

/** Whether an address is one of those that need no session. */
export function isOutside(path: string): boolean {
  return path === signInPath || path === answerPath;
}
