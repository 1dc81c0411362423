import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../native/test');
const canBuild = ['make', 'cc'].every((tool) => spawnSync(tool, ['--version']).status === 0);

describe.runIf(canBuild)('parts of the sensor', () => {
  it('mask secrets in arguments, and hash as sha256sum and md5sum do', { timeout: 180_000 }, () => {
    const { status, stdout, stderr } = spawnSync('make', ['-C', folder, 'check'], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^\d+ cases$/m);
    expect(stdout).toContain('digests agree');
  });
});
