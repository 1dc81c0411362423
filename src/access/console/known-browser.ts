import { timingSafeEqual } from 'node:crypto';
import type { Keyed } from '#store/index.ts';
import type { RandomBytes } from './secret.ts';

/** Set once a user signed in by password: tries from this browser do not wait for what others do to the account or network. */
export const browserCookie = 'seawall_browser';

/** Seconds that a browser is known. */
export const browserSeconds = 180 * 24 * 60 * 60;

interface Owner {
  readonly id: string;
  /** As it is stored: with another password no browser is known any more. */
  readonly password: string;
}

/** What the cookie holds: a number of the browser, and the proof that this console gave it to the user. It signs nobody in. */
export function newKnownBrowser(store: Keyed, random: RandomBytes, owner: Owner): string {
  const browser = random(16).toString('base64url');
  return `${browser}.${proofOf(store, browser, owner)}`;
}

/** The number of a browser that the user of this name and password signed in with before. */
export function knownBrowser(store: Keyed, cookie: string | undefined, owner: Owner): string | undefined {
  const [browser = '', proof = ''] = (cookie ?? '').split('.');
  const expected = Buffer.from(proofOf(store, browser, owner));
  const given = Buffer.from(proof);
  return given.length === expected.length && timingSafeEqual(given, expected) ? browser : undefined;
}

function proofOf(store: Keyed, browser: string, { id, password }: Owner): string {
  return store.mac('known browser', JSON.stringify([browser, id, password]));
}
