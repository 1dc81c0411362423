import { describe, expect, test } from 'vitest';
import { mayHaveCredentials } from './token-server.ts';

type Written = readonly [may: boolean, realm: string, registry: string, named?: string];

describe('credentials of a registry go', () => {
  const cases: readonly Written[] = [
    // Its own origin, also where a person allowed it without TLS.
    [true, 'https://registry.example/token', 'https://registry.example'],
    [true, 'https://registry.example:443/token', 'https://registry.example'],
    [true, 'http://127.0.0.1:5000/token', 'http://127.0.0.1:5000'],
    // Another scheme, port or host is another origin.
    [false, 'http://registry.example/token', 'https://registry.example'],
    [false, 'https://registry.example/token', 'http://registry.example'],
    [false, 'https://registry.example:8443/token', 'https://registry.example'],
    [false, 'https://auth.registry.example/token', 'https://registry.example'],
    [false, 'https://registry.example.evil.example/token', 'https://registry.example'],
    [false, 'http://127.0.0.1:5001/token', 'http://127.0.0.1:5000'],
    // A person named it with the registry: by its host, with TLS.
    [true, 'https://auth.example/token', 'https://registry.example', 'auth.example'],
    [true, 'https://auth.example/token', 'https://registry.example', 'AUTH.example'],
    [true, 'https://auth.example:8443/token', 'https://registry.example', 'auth.example:8443'],
    [true, 'https://auth.example/token', 'http://registry.example', 'auth.example'],
    [false, 'http://auth.example/token', 'https://registry.example', 'auth.example'],
    [false, 'http://auth.example:443/token', 'https://registry.example', 'auth.example'],
    [false, 'https://auth.example:8443/token', 'https://registry.example', 'auth.example'],
    [false, 'https://other.example/token', 'https://registry.example', 'auth.example'],
    [false, 'https://x.auth.example/token', 'https://registry.example', 'auth.example'],
    // It is known for this registry, and for no other.
    [true, 'https://auth.docker.io/token', 'https://registry-1.docker.io'],
    [true, 'https://gitlab.com/jwt/auth', 'https://registry.gitlab.com'],
    [true, 'https://api.digitalocean.com/v2/registry/auth', 'https://registry.digitalocean.com'],
    [false, 'http://auth.docker.io/token', 'https://registry-1.docker.io'],
    [false, 'https://auth.docker.io:8443/token', 'https://registry-1.docker.io'],
    [false, 'https://auth.docker.io/token', 'http://registry-1.docker.io'],
    [false, 'https://auth.docker.io/token', 'https://registry-1.docker.io:5000'],
    [false, 'https://auth.docker.io/token', 'https://registry.example'],
    [false, 'https://gitlab.com/jwt/auth', 'https://registry-1.docker.io'],
    [false, 'https://evil.example/token', 'https://registry-1.docker.io'],
  ];
  test.each(cases.map(([may, realm, registry, named]) => ({ may, realm, registry, named })))(
    '$may: to $realm of $registry, named $named',
    ({ may, realm, registry, named }) => {
      expect(mayHaveCredentials(new URL(realm), new URL(registry), named)).toBe(may);
    },
  );
});
