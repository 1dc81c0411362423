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
