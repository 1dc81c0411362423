import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  async function verify(key?: string) {
    const terminal = recordingTerminal();
    const options = key === undefined ? { format: 'table' } : { format: 'table', key };
    const code = await run({ arguments: [file], options, terminal, env: {}, program: [] });
    return { code, ...terminal.said };
  }

  test('believes no signature of somebody whom nobody named, and says who it is', async () => {
    const { code, out, err } = await verify();
    expect(code).toBe(3);
    expect(out).toContain('comes out the same, to the byte');
    expect(lastLine(err)).toContain('name the fingerprint of your console’s authority with --key');
    const [, authority = ''] = /under the authority (\S+)/.exec(out) ?? [];
    expect(await verify(authority)).toMatchObject({ code: 0, err: '' });
  });

  test('ends with 1 where another authority is asked for', async () => {
    const { code, err } = await verify('0'.repeat(64));
    expect(code).toBe(1);
    expect(lastLine(err)).toContain('other-key');
  });
});
