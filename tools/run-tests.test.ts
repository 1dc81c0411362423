import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const config = `import { ClosingLine } from './test/closing-line.ts';
export default { test: { include: ['src/*.test.ts'], reporters: ['default', new ClosingLine()] } };
`;
/** Fails at its first run. */
const firstFails = (path: string) =>
  `import { existsSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
const isFirst = !existsSync('${path}');
writeFileSync('${path}', '');
`;
const files = {
  sound: `import { test } from 'vitest';\ntest('holds', () => undefined);\n`,
  wrong: `import { expect, test } from 'vitest';\ntest('never holds', () => expect(1).toBe(2));\n`,
  lacking: `import { test } from 'vitest';\ntest.skip('needs more', () => undefined);\n`,
  late: `${firstFails('late')}test('holds', () => undefined);
describe('a world', () => { test('holds later', () => expect(isFirst).toBe(false)); });\n`,
  hook: `${firstFails('hook')}describe('a world', () => {
  beforeAll(() => expect(isFirst).toBe(false));
  test('holds', () => undefined);
});\n`,
};

describe('a run of tests', () => {
  let copy = '';
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'seawall-run-'));
    for (const folder of ['src', 'test', 'tools']) mkdirSync(join(copy, folder));
    for (const path of ['tools/run-tests.ts', 'test/closing-line.ts']) cpSync(join(root, path), join(copy, path));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(join(copy, 'vitest.config.ts'), config);
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  function runOf(names: readonly (keyof typeof files)[], env: Readonly<Record<string, string>> = {}) {
    for (const name of names) writeFileSync(join(copy, `src/${name}.test.ts`), files[name]);
    const { CI: _, ...rest } = process.env;
    const { status, stdout } = spawnSync('node', ['tools/run-tests.ts'], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...rest, ...env },
    });
    return { status, stdout, lastLine: stdout.trim().split('\n').at(-1) };
  }

  test('is green with the names of what passes only when it is run again, after a hook that failed too', () => {
    const { status, stdout, lastLine } = runOf(['sound', 'late', 'hook'], { CI: 'true' });
    expect({ status, lastLine }).toEqual({ status: 0, lastLine: '4 passed, 0 failed' });
    const named = ['src/hook.test.ts', 'src/late.test.ts > a world > holds later'];
    const told = stdout.split('passed only when run again:\n')[1]?.split('\n\n')[0]?.split('\n');
    expect(told?.toSorted()).toEqual(named);
  });

  test('fails where a file fails twice, and shows why', () => {
    const { status, stdout, lastLine } = runOf(['sound', 'wrong']);
    expect({ status, lastLine }).toEqual({ status: 1, lastLine: '1 passed, 1 failed' });
    expect(stdout).toContain('src/wrong.test.ts fails when it is run again, too:');
    expect(stdout).not.toContain('passed only when run again');
  });

  test('fails in CI where a test was left out, whatever passes when run again', () => {
    expect(runOf(['late', 'lacking'], { CI: 'true' })).toMatchObject({
      status: 1,
      lastLine: '2 passed, 0 failed, 1 skipped',
    });
  });
});
