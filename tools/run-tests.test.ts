import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const own = [
  'tools/run-tests.ts',
  'tools/build-pages.ts',
  'tools/newest.ts',
  'test/closing-line.ts',
  'test/left-out.ts',
  'test/needs.ts',
  'test/projects.ts',
];
const config = `import { ClosingLine } from './test/closing-line.ts';
import { leftOutHere } from './test/left-out.ts';
const exclude = leftOutHere().map(({ file }) => file);
export default { test: { include: ['src/*.test.ts'], exclude, reporters: ['default', new ClosingLine()] } };
`;
/** No machine has its need: the whole feeds are not beside the copy. */
const fileNeeds = `export const fileNeeds = [{ files: 'src/feeds*.test.ts', needs: ['whole feeds'] }];\n`;
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
  empty: `import 'vitest';\n`,
  feeds: `import { test } from 'vitest';\ntest('reads all', () => undefined);\n`,
  late: `${firstFails('late')}test('holds', () => undefined);
describe('a world', () => { test('holds later', () => expect(isFirst).toBe(false)); });\n`,
  hook: `${firstFails('hook')}describe('a world', () => {
  beforeAll(() => expect(isFirst).toBe(false));
  test('holds', () => undefined);
});\n`,
};

describe('a run of tests', { timeout: 300_000 }, () => {
  let copy = '';
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'seawall-run-'));
    for (const folder of ['src', 'test', 'tools']) mkdirSync(join(copy, folder));
    for (const path of own) cpSync(join(root, path), join(copy, path));
    writeFileSync(join(copy, 'test/file-needs.ts'), fileNeeds);
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(join(copy, 'vitest.config.ts'), config);
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  function runOf(names: readonly (keyof typeof files)[], ...words: readonly string[]) {
    for (const name of names) writeFileSync(join(copy, `src/${name}.test.ts`), files[name]);
    const { CI: _, SEAWALL_FEEDS: __, ...rest } = process.env;
    const { status, stdout } = spawnSync('node', ['tools/run-tests.ts', ...words], {
      cwd: copy,
      encoding: 'utf8',
      env: rest,
    });
    return { status, stdout, lastLine: stdout.trim().split('\n').at(-1) };
  }

  test('is green with the names of what passes only when it is run again, after a hook that failed too', () => {
    const { status, stdout, lastLine } = runOf(['sound', 'late', 'hook']);
    expect({ status, lastLine }).toEqual({ status: 0, lastLine: '4 passed, 0 failed' });
    const named = ['src/hook.test.ts', 'src/late.test.ts > a world > holds later'];
    const reported = stdout.split('passed only when run again:\n')[1]?.split('\n\n')[0]?.split('\n');
    expect(reported?.toSorted()).toEqual(named);
  });

  test('fails where a file fails twice, and shows why', () => {
    const { status, stdout, lastLine } = runOf(['sound', 'wrong']);
    expect({ status, lastLine }).toEqual({ status: 1, lastLine: '1 passed, 1 failed' });
    expect(stdout).toContain('src/wrong.test.ts fails when it is run again, too:');
    expect(stdout).not.toContain('passed only when run again');
  });

  test('fails where a file whose needs are met skips a test, and names the file', () => {
    const { status, stdout, lastLine } = runOf(['sound', 'lacking']);
    expect({ status, lastLine }).toEqual({ status: 1, lastLine: '1 passed, 0 failed, 1 skipped' });
    expect(stdout).toContain('src/lacking.test.ts: 1');
    expect(runOf(['late', 'lacking'])).toMatchObject({ status: 1, lastLine: '3 passed, 0 failed, 1 skipped' });
  });

  test('fails where a file has no test', () => {
    expect(runOf(['sound', 'empty'])).toMatchObject({ status: 1, lastLine: '1 passed, 1 failed' });
  });

  test('leaves out a file whose need is not met, and names it with the need and what runs all', () => {
    const { status, stdout, lastLine } = runOf(['sound', 'feeds']);
    expect({ status, lastLine }).toEqual({ status: 0, lastLine: '1 passed, 0 failed' });
    const reported = stdout.split('\n');
    const at = reported.indexOf('    src/feeds.test.ts');
    expect(reported[at - 1]).toMatch(/^ {2}for whole feeds \(.+\):$/);
    expect(reported[at + 1]).toMatch(/^npm run test:all /);
  });

  test('fails before any test where all are asked for and one would be left out', () => {
    expect(runOf(['sound', 'feeds'], '--all')).toMatchObject({ status: 1, stdout: '' });
  });

  test('runs what another run left out, and holds how much that one had', () => {
    expect(runOf(['sound'], '--report', 'report.json').status).toBe(0);
    const rest = runOf(['late'], '--after', 'report.json');
    expect(rest).toMatchObject({ status: 1, lastLine: '2 passed, 0 failed' });
    expect(rest.stdout).toContain('1 of 3 tests: 33.3 %');
  });
});
