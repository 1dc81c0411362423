import { describe, expect, it } from 'vitest';
import { linkSecretIn, placeAfterSignIn } from '../../app/link-secret.ts';
import { parseSearch } from '../../app/search-text.ts';
import { signInAddress } from './sign-in-address.ts';

describe('signInAddress', () => {
  it('signs in by its secret and leads on to the password', () => {
    const address = new URL(signInAddress('https://console.example', 'a-secret_1'));
    expect(linkSecretIn(address)?.secret).toBe('a-secret_1');
    expect(placeAfterSignIn(parseSearch(address.search)['next'])).toBe('/access?tab=password');
  });
});
