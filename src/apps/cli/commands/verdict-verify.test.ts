import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf, bytesOf } from '#policy/console/bundle/testing.ts';
import { openTestPolicy, type TestPolicy } from '#policy/console/testing.ts';
import { lastLine, recordingTerminal } from '../testing.ts';
import { run } from './verdict-verify.ts';

describe('seawall verdict verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-verify-'));
  const file = join(folder, 'verdict.json');
  let at: TestPolicy;
  beforeAll(async () => {
    at = await openTestPolicy();
    await at.publish('good:1', '8.1');
    await at.run('good:1', 'prod');
    writeFileSync(file, bytesOf(await bundleOf(at, 'good:1', 'prod')));
  });
  afterAll(async () => {
    await at.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function verify(key?: string, { format = 'table', name = file } = {}) {
    const terminal = recordingTerminal();
    const options = key === undefined ? { format } : { format, key };
    const code = await run({ arguments: [name], options, terminal, env: {}, program: [] });
    return { code, ...terminal.said };
  }

  test('believes no signature of somebody whom nobody named, and says who it is', async () => {
    const { code, out, err } = await verify();
    expect(code).toBe(3);
    expect(out).toMatch(/^Who signed this bundle is not verified.*\n.* comes out the same, to the byte/);
    expect(lastLine(err)).toContain('name the fingerprint of your console’s authority with --key');
    const [, authority = ''] = /under the authority (\S+)/.exec(out) ?? [];
    expect(await verify(authority)).toMatchObject({ code: 0, err: '' });
    const states = [await verify(undefined, { format: 'json' }), await verify(authority, { format: 'json' })];
    expect(states.map((one) => JSON.parse(one.out).state)).toEqual(['signer-unknown', 'verified']);
  });

  test.each([
    ['nothing', ''],
    ['a word', 'harbour'],
    ['half of a fingerprint', '0'.repeat(32)],
    ['a whole join token', `seawall-join_${'s'.repeat(43)}.${'f'.repeat(43)}`],
  ])('takes %s for no fingerprint, and does not repeat it', async (_, key) => {
    const error = await verify(key).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'usage', message: '--key is no fingerprint.' });
    expect(error).toMatchObject({ next: expect.stringContaining('64 hexadecimal digits') });
  });

  test('takes a fingerprint as openssl and as join tokens write it', async () => {
    const [, authority = ''] = /under the authority (\S+)/.exec((await verify()).out) ?? [];
    const hex = Buffer.from(authority, 'base64url').toString('hex');
    const colons = hex.toUpperCase().replaceAll(/..(?!$)/g, '$&:');
    for (const key of [authority, hex, `sha256:${hex}`, colons]) expect(await verify(key)).toMatchObject({ code: 0 });
  });

  test('says what to do next with whatever is not believed', async () => {
    const bundle = readFileSync(file, 'utf8');
    const changes = [
      ['{}', 1, 'seawall verdict export'],
      [bundle.replace('"version":"8.1"', '"version":"8.2"'), 1, 'export the verdict again'],
      [bundle.replace(/"signature":"..../, '"signature":"AAAA'), 1, 'export the verdict again'],
    ] as const;
    for (const [text, code, next] of changes) {
      const name = join(folder, 'changed.json');
      writeFileSync(name, text);
      const found = await verify(undefined, { name, format: 'json' });
      expect(found.code).toBe(code);
      expect(lastLine(found.err)).toContain(next);
      expect(JSON.parse(found.out).next).toContain(next);
    }
    await expect(verify(undefined, { name: join(folder, 'none.json') })).rejects.toMatchObject({
      code: 'usage',
      next: expect.stringContaining('seawall verdict export'),
    });
  });

  test('ends with 1 where another authority is asked for', async () => {
    const { code, err } = await verify('0'.repeat(64));
    expect(code).toBe(1);
    expect(lastLine(err)).toContain('other-key');
  });
});
