import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run check`: format, lint, types, architecture and docs. `--fix` mends what can be mended by machine. */

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Its last line is printed also when it passes. */
  readonly isShown?: boolean;
  /** A program of the system that it needs, and that is not there everywhere. */
  readonly needs?: string;
}

const root = join(import.meta.dirname, '..');
const fix = process.argv.includes('--fix');

const steps: readonly Step[] = [
  { name: 'format', command: fix ? ['biome', 'format', '--write', '.'] : ['biome', 'format', '.'] },
  {
    name: 'format of C',
    command: ['make', '--silent', '-C', 'native', 'check-format'],
    needs: 'clang-format-19',
  },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : [])] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'types of the pages', command: ['tsc', '--noEmit', '-p', 'web'] },
  { name: 'budgets', command: ['node', 'tools/budgets/check-budgets.ts'] },
  { name: 'unused code and packages', command: ['knip'] },
  { name: 'plain words', command: ['node', 'tools/word-hits.ts'], isShown: true },
  {
    name: 'architecture, lists and docs',
    command: [
      'vitest',
      'run',
      'test/architecture.test.ts',
      'test/docs.test.ts',
      'src/ecosystems/index.test.ts',
      'src/catalog/releases.test.ts',
      '--reporter=dot',
    ],
  },
];

const failed = steps.filter((step) => !passes(step));
if (failed.length > 0) console.error(`\nFailed: ${failed.map((step) => step.name).join(', ')}.`);
process.exitCode = failed.length > 0 ? 1 : 0;

function passes({ name, command: [program = '', ...words], isShown = false, needs }: Step): boolean {
  if (needs !== undefined && spawnSync(needs, ['--version']).error !== undefined) {
    console.log(`not run ${name}: ${needs} is not installed`);
    return true;
  }
  const started = performance.now();
  const path = needs === undefined ? join(root, 'node_modules/.bin', program) : program;
  const { status, stdout, stderr } = spawnSync(path, words, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) console.error(stdout + stderr);
  else if (isShown) console.log(`       ${stdout.trim().split('\n').at(-1)}`);
  return status === 0;
}
