import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../native/test');
const canBuild = ['make', 'cc'].every((tool) => spawnSync(tool, ['--version']).status === 0);

describe.runIf(canBuild)('parts of the sensor', () => {
  it('decide as docs say, refuse frames that are not sound, mask secrets, hash as others do', {
    timeout: 180_000,
  }, () => {
    const { status, stdout, stderr } = spawnSync('make', ['-C', folder, 'check'], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^\d+ cases$/m);
    expect(stdout).toMatch(/^\d+ frames$/m);
    expect(stdout).toMatch(/^10450944 questions$/m);
    expect(stdout).toMatch(/^\d+ applets$/m);
    expect(stdout).toMatch(/^31 overlays$/m);
    expect(stdout).toContain('digests agree');
  });
});

/** Whether this machine can look for inputs that break a program. */
const canFuzz = (() => {
  const words = ['-x', 'c', '-fsanitize=fuzzer,address', '-', '-o', '/dev/null'];
  const input = '#include <stddef.h>\nint LLVMFuzzerTestOneInput(const char *d, size_t s) { return d && s ? 0 : 0; }';
  return canBuild && spawnSync('clang-19', words, { input }).status === 0;
})();

describe.runIf(canFuzz)('what wrapper and sensor read', () => {
  it('breaks neither with an input that two seconds find', { timeout: 600_000 }, () => {
    const words = ['-C', folder, '-j2', '--output-sync=target', 'fuzz', 'SECONDS=2'];
    const { status, stdout, stderr } = spawnSync('make', words, { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout.match(/^fuzz [\w-]+: Done \d+ runs/gm)).toHaveLength(16);
  });
});
