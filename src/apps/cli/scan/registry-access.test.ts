import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { registryAccessOf } from './registry-access.ts';

const home = mkdtempSync(join(tmpdir(), 'seawall-access-'));
afterAll(() => rmSync(home, { recursive: true }));
mkdirSync(join(home, '.docker'));
const auth = Buffer.from('mara:secret').toString('base64');
writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ auths: { 'registry.example': { auth } } }));

test.each([
  { env: { HOME: home }, user: 'mara' },
  { env: { DOCKER_CONFIG: join(home, '.docker') }, user: 'mara' },
  { env: { HOME: '' }, user: undefined },
  { env: { HOME: '.' }, user: undefined },
])('with $env a registry is asked as $user', async ({ env, user }) => {
  const before = process.cwd();
  process.chdir(home);
  try {
    expect(await registryAccessOf({}, env).credentials('registry.example')).toEqual(
      user === undefined ? undefined : expect.objectContaining({ user }),
    );
  } finally {
    process.chdir(before);
  }
});

test('a token server is named with its registry', () => {
  const named = (...tokenServer: readonly string[]) => registryAccessOf({ tokenServer }, { HOME: '' }).tokenServers;
  expect(named()).toEqual({});
  expect(named('Registry.example:5000=auth.example', 'docker.io=login.example:8443')).toEqual({
    'registry.example:5000': 'auth.example',
    'registry-1.docker.io': 'login.example:8443',
  });
  for (const word of ['auth.example', '=auth.example', 'registry.example=', 'a=b=c', 'a=https://b', 'a=b/c', 'a=u@b'])
    expect(() => named(word)).toThrow(expect.objectContaining({ code: 'usage' }));
});
