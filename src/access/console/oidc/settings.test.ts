import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readClientSecret, readProviderSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-oidc-settings-'));
const file = join(folder, 'sign-in.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const least = {
  name: 'Harbour',
  issuer: 'https://login.example',
  clientId: 'seawall',
  roles: [{ group: 'pilots', role: 'operator' }],
};

function read(settings: unknown) {
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
  return readProviderSettings(file);
}

describe('the settings of a provider', () => {
  it('need a name, an issuer, a client and one group', () => {
    expect(read(least)).toEqual({
      ...least,
      issuer: 'https://login.example/',
      scopes: ['openid', 'profile', 'offline_access'],
      groupsClaim: 'groups',
      tokenDays: 30,
      passwordSignIn: 'shown',
    });
  });

  it('find the client secret beside the file', () => {
    expect(read({ ...least, clientSecretFile: 'secret' }).clientSecretFile).toBe(join(folder, 'secret'));
    expect(read({ ...least, clientSecretFile: '/run/secret' }).clientSecretFile).toBe('/run/secret');
  });

  it.each(['http://127.0.0.1:9000/', 'http://localhost:9000/', 'http://[::1]:9000/', 'https://login.example/realms/a'])(
    'take the issuer %s',
    (issuer) => {
      expect(read({ ...least, issuer }).issuer).toBe(issuer);
    },
  );

  it.each([
    ['issuer', { issuer: 'http://login.example' }],
    ['issuer', { issuer: 'http://127.0.0.1.login.example' }],
    ['issuer', { issuer: 'https://login.example/?tenant=1' }],
    ['issuer', { issuer: 'https://login.example/#realm' }],
    ['issuer', { issuer: 'https://me@login.example' }],
    ['issuer', { issuer: 'https://:password@login.example' }],
    ['issuer', { issuer: 'login.example' }],
    ['scopes', { scopes: ['profile'] }],
    ['scopes.0', { scopes: ['openid profile'] }],
    ['roles', { roles: [] }],
    ['roles.0.role', { roles: [{ group: 'a', role: 'ci' }] }],
    ['roles.0.role', { roles: [{ group: 'a', role: 'root' }] }],
    ['roles.0', { roles: [{ group: 'a', role: 'administrator', collections: ['pier'] }] }],
    ['roles.0.collections', { roles: [{ group: 'a', role: 'auditor', collections: [] }] }],
    ['tokenDays', { tokenDays: 0 }],
    ['clientSecret', { clientSecret: 'in clear' }],
    ['name', { name: '' }],
  ])('name the field that is wrong: %s', (field, change) => {
    expect(() => read({ ...least, ...change })).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(field) }),
    );
  });

  it('name the file where it is no YAML, or is not there', () => {
    expect(() => read(`# ${'x'.repeat(262_144)}`)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('it is too large') }),
    );
    expect(() => read('a: [')).toThrow(expect.objectContaining({ message: expect.stringContaining(file) }));
    expect(() => readProviderSettings(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('the client secret', () => {
  const secret = join(folder, 'secret');

  it('is the file without the line break at its end', () => {
    writeFileSync(secret, 'of the client\n', { mode: 0o600 });
    expect(readClientSecret(secret)).toBe('of the client');
  });

  it('is not taken from a file that everyone may read, nor from an empty one', () => {
    chmodSync(secret, 0o604);
    expect(() => readClientSecret(secret)).toThrow(expect.objectContaining({ next: `Run \`chmod o= ${secret}\`.` }));
    writeFileSync(join(folder, 'empty'), '\n', { mode: 0o600 });
    expect(() => readClientSecret(join(folder, 'empty'))).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
