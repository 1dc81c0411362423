/** The page that a one-time sign-in link opens. */
export const signInPath = '/sign-in';

/**
 * The secret of a one-time link, `ORIGIN/sign-in#SECRET`, and the address without it.
 * The fragment never leaves the browser; once read it is taken out of the address bar and the history.
 */
export function linkSecretIn(address: URL): { readonly secret: string; readonly clean: string } | undefined {
  if (address.pathname !== signInPath) return undefined;
  const secret = address.hash.slice(1);
  return secret === '' ? undefined : { secret, clean: address.pathname + address.search };
}

/** Where to go after signing in: a path of this console, never another origin. */
export function placeAfterSignIn(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next) || next.startsWith(signInPath)) return '/';
  return next;
}
