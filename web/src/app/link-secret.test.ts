import { describe, expect, it } from 'vitest';
import { linkSecretIn, placeAfterSignIn } from './link-secret.ts';

describe('linkSecretIn', () => {
  it('reads the secret and leaves an address without it', () => {
    expect(linkSecretIn(new URL('http://127.0.0.1:8083/sign-in?next=/images#abc_DEF-1'))).toEqual({
      secret: 'abc_DEF-1',
      clean: '/sign-in?next=/images',
    });
  });

  it('reads nothing elsewhere and nothing where nothing is', () => {
    expect(linkSecretIn(new URL('http://127.0.0.1:8083/images#abc'))).toBeUndefined();
    expect(linkSecretIn(new URL('http://127.0.0.1:8083/sign-in'))).toBeUndefined();
  });
});

describe('placeAfterSignIn', () => {
  it('goes only to pages of this console', () => {
    expect(placeAfterSignIn('/images?verdict=fail')).toBe('/images?verdict=fail');
    for (const foreign of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '',
      undefined,
    ]) {
      expect(placeAfterSignIn(foreign)).toBe('/');
    }
    expect(placeAfterSignIn('/sign-in')).toBe('/');
  });
});
