import { signInPath } from '../../app/link-secret.ts';

/** Address of a one-time link for a user. It leads on to where he sets a password, so that he needs no other link. */
export function signInAddress(origin: string, secret: string): string {
  return `${origin}${signInPath}?next=/access?tab=password#${secret}`;
}
