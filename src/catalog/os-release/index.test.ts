import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { osRelease } from './index.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function distributionOf(text: string) {
  const analysis = await osRelease.analyze({ path: 'etc/os-release', content: Buffer.from(text), limits });
  return analysis.distribution;
}

describe('os-release', () => {
  it('reads quoted, unquoted and escaped values', async () => {
    const text = `# comment\nID=rhel\nVERSION_ID="9.4"\nID_LIKE='fedora centos'\nPRETTY_NAME="Red \\"Hat\\" 9"\n`;
    expect(await distributionOf(text)).toEqual({
      id: 'rhel',
      version: '9.4',
      like: ['fedora', 'centos'],
      name: 'Red "Hat" 9',
    });
  });

  it('knows no version where the file gives none, or is cut within it', async () => {
    expect(await distributionOf('ID=debian\nPRETTY_NAME="Debian GNU/Linux forky/sid"\n')).not.toHaveProperty('version');
    expect(await distributionOf('ID=debian\nVERSION_ID="1')).not.toHaveProperty('version');
  });

  it('says nothing of a file without assignments', async () => {
    expect(await distributionOf('\0\0\0')).toBeUndefined();
  });

  it('reads this machine as the shell does', async () => {
    const script = '. /etc/os-release; printf "%s|%s|%s" "$ID" "$VERSION_ID" "$PRETTY_NAME"';
    const shell = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: {} });
    const found = await distributionOf(readFileSync('/etc/os-release', 'utf8'));
    expect(`${found?.id}|${found?.version ?? ''}|${found?.name}`).toBe(shell);
  });
});
