import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keyFingerprint } from '#compliance/index.ts';
import { packed, pemOf, sampleInput, sampleKeys } from '#explorer/evidence/package/testing.ts';
import { lastLine, recordingTerminal } from '../testing.ts';
import { run } from './compliance-verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fingerprint = keyFingerprint(pemOf(sampleKeys.publicKey));
const good = packed(sampleInput());

async function verify(content: Uint8Array, key: readonly string[] = [fingerprint]) {
  const file = join(folder, 'package.zip');
  writeFileSync(file, content);
  const terminal = recordingTerminal();
  const code = await run({ arguments: [file], options: { key }, terminal, env: {}, program: [] });
  return { code, ...terminal.said };
}

describe('seawall compliance verify', () => {
  test('says what was verified', async () => {
    const { code, out, err } = await verify(good);
    expect(code).toBe(0);
    expect(out).toMatch(/^verified: installation 7b7a4f0e/);
    expect(out).toContain('2 documents, 5 rows of the log under 3 signed heads');
    expect(out).toMatch(/1 statement about tries of gates, each signed by its host; agents’ authority [0-9a-f]{64}\n/);
    expect(err).toBe('');
  });

  test('ends with 1 and the reason on the last line', async () => {
    const { code, out, err } = await verify(good, ['0'.repeat(64)]);
    expect(code).toBe(1);
    expect(out).toMatch(/^not verified\nother-key: It was signed by [0-9a-f]{64}\.\n$/);
    expect(lastLine(err)).toMatch(/^seawall: other-key/);
  });

  test('shows some of many reasons', async () => {
    const changed = Buffer.from(good);
    changed[0] = 0;
    expect((await verify(changed)).out).toContain('unreadable');
  });

  test.each([[[]], [['abc']]])('refuses the keys %j', async (key) => {
    await expect(verify(good, key)).rejects.toMatchObject({ code: 'usage' });
  });

  test('names a file that is not there', async () => {
    const call = { arguments: [join(folder, 'none')], options: { key: [fingerprint] }, env: {}, program: [] };
    await expect(run({ ...call, terminal: recordingTerminal() })).rejects.toMatchObject({ code: 'usage' });
  });
});
