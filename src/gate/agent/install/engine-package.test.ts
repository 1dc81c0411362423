import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../../test/make/docker.ts';
import { enginePackage, isAtLeast } from './engine-package.ts';

describe('the package of an engine', () => {
  let engine: TestEngine;
  beforeAll(async () => void (engine = await startTestEngine({ store: 'docker', driver: 'overlay2' })));
  afterAll(() => engine?.stop());
  afterEach(() => void vi.unstubAllEnvs());

  test('is the one that dpkg installed', async () => {
    const version = execFileSync('dpkg-query', ['--show', '--showformat', '${Version}', 'docker.io'], {
      encoding: 'utf8',
    });
    const found = await enginePackage(engine.socket);
    expect(found).toMatchObject({ name: 'docker.io', version, source: { name: 'docker.io' } });
    expect(version.startsWith(found?.source.version ?? 'none')).toBe(true);
    expect(found?.distribution).toMatch(/^[a-z]+:[0-9.]+$/);
  });

  test('is asked for once, as long as dpkg knows the same', async () => {
    const before = await enginePackage(engine.socket);
    vi.stubEnv('PATH', '/nowhere');
    expect(before).toBeDefined();
    expect(await enginePackage(engine.socket)).toEqual(before);
  });

  test('is not known of a socket at which it does not listen', async () => {
    expect(await enginePackage('/dev/log')).toBeUndefined();
    expect(await enginePackage('/nowhere/docker.sock')).toBeUndefined();
  });

  test('is ordered as dpkg does, and not at all where dpkg cannot', async () => {
    expect(await isAtLeast('26.1.5+dfsg1-9+deb13u1', '26.1.5+dfsg1-9')).toBe(true);
    expect(await isAtLeast('26.1.5+dfsg1-9~bpo12+1', '26.1.5+dfsg1-9')).toBe(false);
    vi.stubEnv('PATH', '/nowhere');
    expect(await isAtLeast('1.0', '2.0')).toBeUndefined();
    expect(await isAtLeast('26.1.5+dfsg1-9+deb13u1', '26.1.5+dfsg1-9')).toBe(true);
    expect(await isAtLeast('26.1.5+dfsg1-9~bpo12+1', '26.1.5+dfsg1-9')).toBe(false);
    vi.unstubAllEnvs();
    expect(await isAtLeast('1.0', '2.0')).toBe(false);
  });
});
